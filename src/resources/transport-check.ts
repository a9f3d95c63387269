/**
 * Does all traffic of internal services between hosts go over WireGuard (INV-3)? Told by the TCP
 * connections that are established while the host is looked at, of either end. Datagrams leave no
 * trace that every host could be asked for.
 */
import { type Connection, connections } from '../facts/connections';
import { type OwnAddress, ownAddresses } from '../facts/own-addresses';
import type { Seen } from '../facts/seen';
import { type Address, address, contains, isPrivate, subnet, type Subnet } from '../model/address';
import type { Service } from '../model/inventory';
import { portsOf } from '../model/port';
import { resource } from './resource';

interface Args {
  /** The WireGuard network, in canonical text. */
  readonly networks: readonly string[];
  /** All that are declared. */
  readonly services: readonly Service[];
  readonly hosts: readonly HostOutside[];
}

/** A host, and where it is outside WireGuard as far as the inventory says. */
export interface HostOutside {
  readonly host: string;
  readonly addresses: readonly Address[];
}

export const transportCheck = resource({
  kind: 'transport-check',
  serves: 'INV-3',
  args: {
    type: 'object',
    required: ['networks', 'services', 'hosts'],
    additionalProperties: false,
    properties: {
      networks: {
        type: 'array',
        items: { type: 'string' },
        description: 'What is reached over WireGuard.',
      },
      services: { type: 'array', description: 'The services; only a reference can give them.' },
      hosts: { type: 'array', description: 'The hosts; only a reference can give them.' },
    },
  },
  facts: ({ services }: Args) => ({
    established: connections(overTcp(services).flatMap(({ ports }) => ports)),
    own: ownAddresses(),
  }),
  *judge(args: Args, { established, own }, host, seen) {
    if (overTcp(args.services).length === 0) return;
    const title = `${host} and other hosts talk to internal services over WireGuard only`;
    const check = { id: 'INV-3', host, title } as const;
    if (established === undefined) {
      yield { ...check, status: 'skip', evidence: 'there is no ss (of iproute2) to ask' };
      return;
    }
    const inside = args.networks.flatMap((text) => subnet(text) ?? []);
    const owners = ownersOf(args.hosts, seen);
    const stray = established.flatMap((each) =>
      strayText(each, host, args, { inside, own, owners }),
    );
    const parts = [...new Set(stray)].sort();
    yield stray.length > 0
      ? { ...check, status: 'fail', evidence: parts.join('; '), parts }
      : { ...check, status: 'pass', evidence: 'no TCP connection goes past it at the moment' };
  },
});

function overTcp(services: readonly Service[]): readonly Service[] {
  return services.filter(({ protocol }) => protocol === 'tcp');
}

/** Hosts by the addresses that they have beside their WireGuard ones. */
type Owners = ReadonlyMap<Address, readonly string[]>;

function ownersOf(hosts: readonly HostOutside[], seen: Seen): Owners {
  const owners = new Map<Address, string[]>();
  for (const { host, addresses } of hosts) {
    const told = seen.tells(host, ownAddresses());
    const found = told === 'unasked' ? [] : told.map((each) => each.address);
    for (const each of new Set([...addresses, ...found])) {
      owners.set(each, [...(owners.get(each) ?? []), host]);
    }
  }
  return owners;
}

interface Known {
  readonly inside: readonly Subnet[];
  readonly own: readonly OwnAddress[];
  readonly owners: Owners;
}

/** What is wrong with a connection; nothing, if it is none of an internal service to another host. */
function strayText(
  { side, own, other, port, holder }: Connection,
  host: string,
  { services }: Args,
  known: Known,
): readonly string[] {
  const there = address(other);
  if (there === undefined || known.inside.some((net) => contains(net, there))) return [];
  // A private address is a host's only on a LAN of one's own.
  if (isPrivate(there) && !known.own.some(({ net }) => contains(net, there))) return [];
  const peers = (known.owners.get(there) ?? []).filter((peer) => peer !== host);
  return peers.flatMap((peer) => {
    const server = side === 'uses' ? peer : host;
    const service = overTcp(services).find(
      ({ hosts, ports }) => hosts.includes(server) && portsOf(ports).includes(port),
    );
    if (service === undefined) return [];
    const what = `${service.name} ${String(port)}/tcp of ${server}`;
    const [from, to] = side === 'uses' ? [own, other] : [other, own];
    const by = holder === '' ? '' : ` by ${holder}`;
    const who = side === 'uses' ? `it uses ${what}${by}` : `${peer} uses ${what}${by}`;
    return [`${who} from ${from} to ${to}, past WireGuard (${service.owner})`];
  });
}
