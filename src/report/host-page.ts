/** All that the inventory says of one host, for a person and for a program. */
import { withPort } from '../model/address';
import type { Become, Host, Jump } from '../model/host';
import { namedText } from '../model/ignore-rule';
import { type Inventory, mayReach, type Service } from '../model/inventory';
import type { Identity } from '../model/lock';
import { rangeText } from '../model/port';
import { escaped, printable } from '../model/secret';
import { table } from './table';

/** A variable, and where the value is written that counts. */
export interface PlacedVariable {
  readonly name: string;
  readonly value: unknown;
  readonly file: string;
  readonly line: number;
}

/** A peer as the host will have it. */
export interface PageOfPeer {
  readonly name: string;
  /** Undefined: it can't be sent to before it has spoken. */
  readonly endpoint: string | undefined;
  readonly allowedIps: readonly string[];
}

export interface HostPage {
  readonly host: Host;
  readonly inventory: Inventory;
  readonly identity: Identity | undefined;
  readonly peers: readonly PageOfPeer[];
  /** Sorted by name. */
  readonly variables: readonly PlacedVariable[];
}

/** One document, pretty-printed. */
export function hostPageJson({ host, inventory, identity, peers, variables }: HostPage): string {
  const { name, groups, login, listenPort, persistentKeepalive, roles } = host;
  const document = {
    schema: 'wgpush/host/v1',
    ...{ name, groups, roles, listenPort },
    login: {
      ...jumpOf(login),
      become: login.become === undefined ? null : becomeOf(login.become),
      jumps: login.jumps.map(jumpOf),
    },
    persistentKeepalive: persistentKeepalive ?? null,
    addresses: identity?.addresses ?? [],
    publicKey: identity?.publicKey ?? null,
    endpoints: endpointsOf(host),
    peers: peers.map((peer) => ({ ...peer, endpoint: peer.endpoint ?? null })),
    offers: offersOf(host, inventory).map(plainService),
    mayReach: reachableFrom(host, inventory).map(plainService),
    exceptions: inventory.exceptions
      .filter(({ hosts }) => hosts.includes(name))
      .map(({ id }) => id),
    ignores: inventory.ignores.filter(({ hosts }) => hosts.includes(name)).map(({ id }) => id),
    variables,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

export function hostPageText(page: HostPage): string {
  const { host, inventory, identity, peers, variables } = page;
  const { login } = host;
  const own = inventory.exceptions.filter(({ hosts }) => hosts.includes(host.name));
  const head = table([
    ['host', host.name],
    ['groups', host.groups.join(', ')],
    ['roles', host.roles.join(', ') || 'none'],
    ['login', `${login.user}@${withPort(login.host, login.port)}${becoming(host)}`],
    ...(login.jumps.length === 0
      ? []
      : [
          [
            'through',
            login.jumps.map((jump) => `${jump.user}@${withPort(jump.host, jump.port)}`).join(', '),
          ],
        ]),
    ['key file', login.identityFile ?? 'the agent, then the default keys'],
    ['addresses', identity?.addresses.join(', ') ?? 'none yet'],
    ['public key', identity?.publicKey ?? 'not known yet'],
    ['endpoint', endpointsOf(host).join(', ') || 'none: it is behind NAT'],
    ['listens on', `${String(host.listenPort)}/udp`],
    ['keepalive', keepalive(host)],
  ]);
  const parts = [
    section(
      'peers',
      peers.map(({ name, endpoint, allowedIps }) => [
        name,
        endpoint ?? 'speaks first',
        allowedIps.join(', '),
      ]),
    ),
    section(
      'offers',
      offersOf(host, inventory).map((service) => [
        service.name,
        portsText(service),
        `to ${service.from === 'all' ? 'all' : service.from.join(', ')}`,
      ]),
    ),
    section(
      'may reach',
      reachableFrom(host, inventory).map((service) => [
        service.name,
        portsText(service),
        `on ${service.hosts.join(', ')}`,
      ]),
    ),
    section(
      'public by exception',
      own.map(({ id, ports, protocol, expires }) => [
        id,
        portsText({ ports, protocol }),
        `until ${expires}`,
      ]),
    ),
    section(
      'ignored',
      inventory.ignores
        .filter(({ hosts }) => hosts.includes(host.name))
        .map((rule) => [rule.id, escaped(namedText(rule)), `until ${rule.expires}`]),
    ),
    section(
      'variables',
      variables.map(({ name, value, file, line }) => [
        printable(name),
        valueText(value),
        `${file}:${String(line)}`,
      ]),
    ),
  ];
  return [head, ...parts.filter((part) => part !== '')].join('\n');
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = table(rows).trimEnd().split('\n');
  return `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function endpointsOf({ endpoints }: Host): readonly string[] {
  return endpoints.map(({ host, port }) => withPort(host, port));
}

/** Without the password. */
function jumpOf({ host, port, user, identityFile }: Jump) {
  return { host, port, user, identityFile: identityFile ?? null };
}

function becomeOf({ method, user }: Become): Pick<Become, 'method' | 'user'> {
  return { method, user };
}

function becoming({ login: { become } }: Host): string {
  return become === undefined ? '' : `, ${become.user} by ${become.method}`;
}

function keepalive({ persistentKeepalive }: Host): string {
  return persistentKeepalive === undefined ? 'none' : `every ${String(persistentKeepalive)} s`;
}

function offersOf({ name }: Host, { services }: Inventory): readonly Service[] {
  return services.filter(({ hosts }) => hosts.includes(name));
}

/** Services on other hosts. */
function reachableFrom({ name }: Host, { services }: Inventory): readonly Service[] {
  return services.filter(
    (service) => mayReach(name, service) && service.hosts.some((host) => host !== name),
  );
}

function plainService(service: Service): unknown {
  const { name, protocol, hosts, from } = service;
  return { name, protocol, ports: service.ports.map((range) => rangeText(range)), hosts, from };
}

function portsText({ ports, protocol }: Pick<Service, 'ports' | 'protocol'>): string {
  return `${ports.map((range) => rangeText(range)).join(', ')}/${protocol}`;
}

/** On one line, keys hidden. */
function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = printable(text).replaceAll('\n', '\\n');
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
