/**
 * The values of a host and its mesh that a role can refer to, as `$wireguard.unit` and the like.
 * Their names are the whole language of references: adding one here is what makes it exist.
 */
import { contains } from '../model/address';
import { policyOf } from '../model/firewall-policy';
import type { Host } from '../model/host';
import { type Inventory, mayReach } from '../model/inventory';
import type { Lock } from '../model/lock';
import { type Peer, peersOf } from '../model/mesh';
import { portsOf } from '../model/port';
import type { ServiceEntry } from '../resources/services-check';

/** What is wanted of the whole fleet; all tasks are compiled from it. */
export interface Wanted {
  readonly inventory: Inventory;
  readonly lock: Lock;
  /** Hosts without a key that this run is going to make one on. */
  readonly keysToCome: ReadonlySet<string>;
  /** `YYYY-MM-DD`, in UTC. */
  readonly today: string;
}

type Value = (host: Host, wanted: Wanted) => unknown;

const values: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['host.name', (host) => host.name],
  ['host.addresses', (host, { lock }) => lock.hosts.get(host.name)?.addresses ?? []],
  ['wireguard.interface', (_, { inventory }) => inventory.network.interface],
  ['wireguard.unit', (_, { inventory }) => `wg-quick@${inventory.network.interface}.service`],
  ['wireguard.config_file', (_, { inventory }) => configPath(inventory, 'conf')],
  ['wireguard.key_file', (_, { inventory }) => configPath(inventory, 'key')],
  ['wireguard.addresses', addresses],
  ['wireguard.routes', (_, { inventory }) => inventory.network.subnets.map(({ text }) => text)],
  ['wireguard.listen_port', (host) => host.listenPort],
  ['wireguard.mtu', (_, { inventory }) => inventory.network.mtu],
  ['wireguard.peers', peers],
  ['wireguard.members', (host, { inventory, lock }) => peersOf(host.name, inventory, lock)],
  ['wireguard.services', services],
  ['firewall.backend', (_, { inventory }) => inventory.firewall.backend],
  ['firewall.package', (_, { inventory }) => inventory.firewall.backend],
  ['firewall.unit', (_, { inventory }) => `${inventory.firewall.backend}.service`],
  ['firewall.policy', (host, { inventory, lock, today }) => policyOf(host, inventory, lock, today)],
]);

/** Every path that a role may refer to, without its `$`. */
export const references: ReadonlySet<string> = new Set(values.keys());

/** Arguments with every `$path` replaced by its value for this host. */
export function resolved(args: unknown, host: Host, wanted: Wanted): unknown {
  if (typeof args === 'string' && args.startsWith('$')) {
    const value = values.get(args.slice(1));
    if (value === undefined) throw new Error(`a role refers to ${args}, which does not exist`);
    return value(host, wanted);
  }
  if (Array.isArray(args)) return args.map((each) => resolved(each, host, wanted));
  if (typeof args === 'object' && args !== null) {
    return Object.fromEntries(
      Object.entries(args).map(([name, each]) => [name, resolved(each, host, wanted)]),
    );
  }
  return args;
}

/** Where wg-quick(8) looks for it, and beside it the key. */
export function configPath(inventory: Inventory, extension: string): string {
  return `/etc/wireguard/${inventory.network.interface}.${extension}`;
}

/** The members that can be peers: a host that has no key, and gets none now, has to wait. */
function peers(host: Host, { inventory, lock, keysToCome }: Wanted): readonly Peer[] {
  return peersOf(host.name, inventory, lock).filter(
    (peer) => peer.publicKey !== undefined || keysToCome.has(peer.host),
  );
}

/** With the prefix length of their subnets, so that the kernel routes these over the interface. */
function addresses(host: Host, { inventory, lock }: Wanted): readonly string[] {
  const own = lock.hosts.get(host.name)?.addresses ?? [];
  return inventory.network.subnets.flatMap((subnet) =>
    own.filter((ip) => contains(subnet, ip)).map((ip) => `${ip}/${String(subnet.prefixLength)}`),
  );
}

/** The TCP ports of other hosts' services that this host may use, by every address. */
function services(host: Host, { inventory, lock }: Wanted): readonly ServiceEntry[] {
  return inventory.services
    .filter((service) => service.protocol === 'tcp' && mayReach(host.name, service))
    .flatMap((service) =>
      service.hosts
        .filter((name) => name !== host.name)
        .flatMap((name) =>
          (lock.hosts.get(name)?.addresses ?? []).flatMap((address) =>
            portsOf(service.ports).map((port) => ({
              service: service.name,
              host: name,
              address,
              port,
            })),
          ),
        ),
    );
}
