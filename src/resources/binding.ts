/**
 * Do the services of a host listen where they are declared to (INV-1), and does nothing else listen
 * where the public can come?
 *
 * What a service owner must mend is a failure of its own. Warnings are gathered by their kind, with
 * their owners: sixty services that listen on every address, guarded by the firewall, are one line.
 */
import { isLinkLocal, isLoopback, isWildcard, type Listener, listeners } from '../facts/listeners';
import { type PublishedPort, publishedPorts } from '../facts/published-ports';
import type { Check } from '../model/check';
import type { Service } from '../model/inventory';
import type { PublicPort } from '../model/public-port';
import { isPortIn, type PortRange, rangeText } from '../model/port';
import { resource } from './resource';

interface Args {
  /** The host's own WireGuard addresses. */
  readonly addresses: readonly string[];
  /** Those that the host runs. */
  readonly services: readonly Service[];
  readonly public_ports: readonly PublicPort[];
}

/** One declared range of ports, and where it is listened on. */
interface Binding {
  readonly service: Service;
  readonly kind: Kind;
  /** `5432/tcp, on 0.0.0.0 by postgres`. */
  readonly text: string;
}

type Kind = 'as declared' | 'nobody' | 'everywhere' | 'loopback' | 'elsewhere';

export const binding = resource({
  kind: 'binding',
  serves: 'INV-1',
  args: {
    type: 'object',
    required: ['addresses', 'services', 'public_ports'],
    additionalProperties: false,
    properties: {
      addresses: {
        type: 'array',
        items: { type: 'string' },
        description: 'The WireGuard addresses.',
      },
      services: { type: 'array', description: 'The services; only a reference can give them.' },
      public_ports: {
        type: 'array',
        description: 'What may be public; only a reference can give it.',
      },
    },
  },
  facts: () => ({ listening: listeners(), published: publishedPorts() }),
  *judge(args: Args, { listening, published }, host) {
    if (listening === undefined) {
      const title = `the services of ${host} listen where they are declared to`;
      const evidence = 'there is no ss (of iproute2) to ask';
      yield { id: 'INV-1', host, title, status: 'skip', evidence };
      return;
    }
    const found = listening.map((each) => named(each, published));
    const bindings = args.services.flatMap((service) =>
      service.ports.map((ports) => bindingOf(service, ports, found, args)),
    );
    for (const service of args.services) {
      yield* verdict(
        service,
        bindings.filter((each) => each.service === service),
        host,
      );
    }
    for (const kind of warnings) yield* warning(kind, bindings, host);
    yield undeclared(found, args, host);
  },
});

function bindingOf(
  service: Service,
  ports: PortRange,
  found: readonly Listener[],
  { addresses, public_ports }: Args,
): Binding {
  const { protocol } = service;
  const own = found.filter((each) => each.protocol === protocol && isPortIn(each.port, ports));
  const isOnWireguard = own.some(({ address }) => addresses.includes(address));
  const exposed = own.filter(
    ({ address }) => !addresses.includes(address) && !isLoopback(address) && !isLinkLocal(address),
  );
  const mayBePublic =
    service.bind === 'any' && exposed.every((each) => isPublic(each, public_ports));
  const kindOf = (): Kind => {
    if (own.length === 0) return 'nobody';
    if (exposed.length > 0 && !mayBePublic) {
      return exposed.some(({ address }) => isWildcard(address)) ? 'everywhere' : 'elsewhere';
    }
    return isOnWireguard || exposed.length > 0 ? 'as declared' : 'loopback';
  };
  const kind = kindOf();
  const shown = kind === 'as declared' || kind === 'loopback' ? own : exposed;
  const where = shown.length === 0 ? '' : ` on ${socketsText(shown)}`;
  return { service, kind, text: `${rangeText(ports)}/${protocol}${where}` };
}

/** What the owner must mend, or that all is as declared. */
function* verdict(service: Service, bindings: readonly Binding[], host: string): Iterable<Check> {
  const title = `${service.name} of ${host} listens on the WireGuard address`;
  const check = { id: 'INV-1', host, title } as const;
  const wrong = bindings.filter(({ kind }) => kind !== 'as declared' && kind !== 'nobody');
  if (service.bind === 'wg' && wrong.length > 0) {
    const parts = wrong.map(({ text }) => text);
    const where = parts.join('; ');
    const evidence = `it says bind: wg, but listens at ${where}; ${service.owner} answers for it`;
    yield { ...check, status: 'fail', evidence, parts };
  } else if (bindings.every(({ kind }) => kind === 'as declared')) {
    const evidence = bindings.map(({ text }) => text).join('; ');
    yield { ...check, status: 'pass', evidence };
  }
}

const warnings: readonly Kind[] = ['nobody', 'loopback', 'everywhere', 'elsewhere'];

/** All bindings of a kind that is no failure, with those who answer for them. */
function* warning(kind: Kind, bindings: readonly Binding[], host: string): Iterable<Check> {
  const some = bindings.filter(
    (each) => each.kind === kind && (kind === 'nobody' || each.service.bind === 'any'),
  );
  if (some.length === 0) return;
  const owners = [...new Set(some.map(({ service }) => service.owner))].sort();
  const groups = owners.map((owner) => {
    const own = some.filter(({ service }) => service.owner === owner);
    return `${own.map(({ service, text }) => `${service.name} ${text}`).join(', ')} (${owner})`;
  });
  const { title, meaning } = wordsOf(kind, host);
  const evidence = `${meaning} ${groups.join('; ')}`;
  const parts = some.map(({ service, text }) => `${service.name} ${text}`);
  yield { id: 'INV-1', host, title, status: 'warn', evidence, parts };
}

/** What is to hold of a kind, and what it means that it does not. */
function wordsOf(kind: Kind, host: string): { readonly title: string; readonly meaning: string } {
  const firewall = 'the firewall alone guards';
  switch (kind) {
    case 'as declared':
      return { title: `every service of ${host} is bound as declared`, meaning: 'so are' };
    case 'nobody':
      return { title: `every service of ${host} listens`, meaning: 'nobody listens for' };
    case 'loopback':
      return {
        title: `no service of ${host} listens on loopback alone`,
        meaning: 'no other host reaches',
      };
    case 'everywhere':
      return { title: `no service of ${host} listens on every address`, meaning: firewall };
    case 'elsewhere':
      return {
        title: `no service of ${host} listens beside the WireGuard address`,
        meaning: firewall,
      };
  }
}

function undeclared(
  found: readonly Listener[],
  { addresses, services, public_ports }: Args,
  host: string,
): Check {
  const unknown = found
    .filter(({ address }) => !addresses.includes(address) && !isLoopback(address))
    .filter(({ address }) => !isLinkLocal(address))
    .filter((each) => !isPublic(each, public_ports) && !isForAddresses(each))
    .filter((each) => !services.some((service) => belongsTo(each, service)));
  const title = `nothing undeclared listens on a public address of ${host}`;
  const check = { id: 'INV-1', host, title } as const;
  if (unknown.length === 0) {
    return { ...check, status: 'pass', evidence: 'only what is declared listens there' };
  }
  const ports = new Map<string, Listener[]>();
  for (const each of unknown.toSorted((one, other) => one.port - other.port)) {
    const port = `${String(each.port)}/${each.protocol}`;
    ports.set(port, [...(ports.get(port) ?? []), each]);
  }
  const parts = [...ports].map(([port, own]) => `${port} on ${socketsText(own)}`);
  return { ...check, status: 'warn', evidence: parts.join('; '), parts };
}

/** What docker-proxy stands for is no process of the host: then it is the container that counts. */
function named(listener: Listener, published: readonly PublishedPort[]): Listener {
  if (!listener.processes.includes('docker-proxy')) return listener;
  const containers = published
    .filter(({ protocol, port }) => protocol === listener.protocol && port === listener.port)
    .map(({ container }) => `docker-proxy of container ${container}`);
  return containers.length === 0 ? listener : { ...listener, processes: containers };
}

/** `0.0.0.0 and :: by nginx`. */
function socketsText(own: readonly Listener[]): string {
  const addresses = [...new Set(own.map(({ address }) => address))];
  const processes = [...new Set(own.flatMap((each) => each.processes))];
  const by = processes.length === 0 ? 'the kernel' : processes.join(', ');
  const what = processes.includes('docker-proxy') ? ' (a port that Docker publishes)' : '';
  return `${addresses.join(' and ')} by ${by}${what}`;
}

function isPublic({ protocol, port }: Listener, ports: readonly PublicPort[]): boolean {
  return ports.some((each) => each.protocol === protocol && isPortIn(port, each.ports));
}

/** How a host gets its own addresses: the clients of DHCP (RFC 2131) and DHCPv6 (RFC 8415). */
function isForAddresses({ protocol, port }: Listener): boolean {
  return protocol === 'udp' && (port === 68 || port === 546);
}

function belongsTo({ protocol, port }: Listener, service: Service): boolean {
  return service.protocol === protocol && service.ports.some((ports) => isPortIn(port, ports));
}
