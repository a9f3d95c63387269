/**
 * The values of a host and its mesh that a role can refer to, as `$wireguard.unit` and the like.
 * Their names are the whole language of references: adding one here is what makes it exist.
 */
import { type Address, contains } from '../model/address';
import { policyOf } from '../model/firewall-policy';
import type { Host } from '../model/host';
import type { Inventory } from '../model/inventory';
import type { Lock } from '../model/lock';
import { type Mesh, meshOf } from '../model/mesh';
import type { Node, Peer } from '../model/mesh-node';
import { publicPortsOf } from '../model/public-port';
import { membersOf } from './members';
import { hostsOutside } from './outside';
import { type ServiceEntries, serviceEntriesOf } from './service-entries';

/** What is wanted of the whole fleet; all tasks are compiled from it. */
export interface Wanted {
  readonly inventory: Inventory;
  readonly lock: Lock;
  /** Hosts without a key that this run is going to make one on. */
  readonly keysToCome: ReadonlySet<string>;
  /** `YYYY-MM-DD`, in UTC. */
  readonly today: string;
}

/** The mesh of what is wanted; computed once, because every host asks for its part of it. */
export function meshIn(wanted: Wanted): Mesh {
  const mesh = meshes.get(wanted) ?? meshOf(wanted.inventory, wanted.lock);
  meshes.set(wanted, mesh);
  return mesh;
}

const meshes = new WeakMap<Wanted, Mesh>();

/** A value that a role can refer to. */
interface Reference {
  /** What it is, for the documentation. */
  readonly meaning: string;
  /** As hosts have it: arguments are judged by it while no host is known. */
  readonly example: unknown;
  of(host: Host, wanted: Wanted): unknown;
}

/** By path, without the `$`. */
export const references: ReadonlyMap<string, Reference> = new Map<string, Reference>([
  ['host.name', { meaning: 'its name', example: 'web-1', of: (host) => host.name }],
  [
    'host.address',
    {
      meaning: 'its first WireGuard address',
      example: '10.50.0.1',
      of: (host, wanted) => addressesOf(host, wanted)[0],
    },
  ],
  [
    'host.addresses',
    {
      meaning: 'its WireGuard addresses',
      example: ['10.50.0.1', 'fd50:50:50::1'],
      of: addressesOf,
    },
  ],
  [
    'host.services',
    {
      meaning: 'the services that it runs',
      example: [{ name: 'postgres' }],
      of: ({ name }, { inventory }) =>
        inventory.services.filter((service) => service.hosts.includes(name)),
    },
  ],
  [
    'host.public_ports',
    {
      meaning: 'its ports that may be public',
      example: [{ protocol: 'tcp', ports: { first: 22, last: 22 }, why: 'ssh' }],
      of: (host, { inventory, today }) => publicPortsOf(host, inventory, today),
    },
  ],
  [
    'wireguard.interface',
    {
      meaning: 'the WireGuard interface',
      example: 'wg0',
      of: (_, { inventory }) => inventory.network.interface,
    },
  ],
  [
    'wireguard.unit',
    {
      meaning: 'the unit that brings it up',
      example: 'wg-quick@wg0.service',
      of: (_, { inventory }) => `wg-quick@${inventory.network.interface}.service`,
    },
  ],
  [
    'wireguard.config_file',
    {
      meaning: 'the file of wg-quick(8)',
      example: '/etc/wireguard/wg0.conf',
      of: (_, { inventory }) => configPath(inventory, 'conf'),
    },
  ],
  [
    'wireguard.key_file',
    {
      meaning: 'where the private key is kept',
      example: '/etc/wireguard/wg0.key',
      of: (_, { inventory }) => configPath(inventory, 'key'),
    },
  ],
  [
    'wireguard.public_key',
    {
      meaning: 'the key that the lock knows it by; nothing while there is none',
      example: 'HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=',
      of: ({ name }, { lock }) => lock.hosts.get(name)?.publicKey,
    },
  ],
  [
    'wireguard.addresses',
    {
      meaning: 'its WireGuard addresses with the prefix lengths of their subnets',
      example: ['10.50.0.1/24', 'fd50:50:50::1/64'],
      of: addresses,
    },
  ],
  [
    'wireguard.routes',
    {
      meaning: 'the subnets of the network, and networks behind external peers',
      example: ['10.50.0.0/24', 'fd50:50:50::/64'],
      of: (host, wanted) => nodeOf(host, wanted).routes,
    },
  ],
  [
    'wireguard.listen_port',
    {
      meaning: 'the UDP port that its WireGuard listens on',
      example: 51_820,
      of: (host) => host.listenPort,
    },
  ],
  [
    'wireguard.mtu',
    {
      meaning: 'the MTU of the WireGuard interface, in bytes',
      example: 1420,
      of: (_, { inventory }) => inventory.network.mtu,
    },
  ],
  [
    'wireguard.peers',
    {
      meaning: 'its peers, but those that have no key yet',
      example: [{ host: 'db-1' }],
      of: peers,
    },
  ],
  [
    'wireguard.forwarded_families',
    {
      meaning: 'the IP versions that it passes on as a hub',
      example: [4, 6],
      of: (host, wanted) =>
        nodeOf(host, wanted).forwards
          ? [...new Set(wanted.inventory.network.subnets.map(({ family }) => family))].sort()
          : [],
    },
  ],
  [
    'wireguard.members',
    {
      meaning: 'whom it reaches: its peers, and some of those behind hubs',
      example: [{ host: 'db-1' }],
      of: (host, wanted) => membersOf(nodeOf(host, wanted), meshIn(wanted)).members,
    },
  ],
  [
    'wireguard.unasked_members',
    {
      meaning: 'how many more there are behind hubs',
      example: 0,
      of: (host, wanted) => membersOf(nodeOf(host, wanted), meshIn(wanted)).unasked,
    },
  ],
  [
    'wireguard.services',
    {
      meaning: 'the TCP ports of other hosts that it may use, and asks',
      example: [{ service: 'postgres', host: 'db-1', address: '10.50.0.2', port: 5432 }],
      of: (host, wanted) => servicesOf(host, wanted).entries,
    },
  ],
  [
    'wireguard.unasked_services',
    {
      meaning: 'how many more it may use',
      example: 0,
      of: (host, wanted) => servicesOf(host, wanted).unasked,
    },
  ],
  [
    'network.subnets',
    {
      meaning: 'the subnets of the WireGuard network',
      example: ['10.50.0.0/24', 'fd50:50:50::/64'],
      of: (_, { inventory }) => inventory.network.subnets.map(({ text }) => text),
    },
  ],
  [
    'network.services',
    {
      meaning: 'all services',
      example: [{ name: 'postgres' }],
      of: (_, { inventory }) => inventory.services,
    },
  ],
  [
    'network.hosts',
    {
      meaning: 'all hosts, and where they are outside WireGuard',
      example: [{ host: 'web-1', addresses: ['203.0.113.11'] }],
      of: (_, { inventory }) => hostsOutside(inventory),
    },
  ],
  [
    'firewall.backend',
    {
      meaning: 'what carries the firewall policy out',
      example: 'ufw',
      of: (_, { inventory }) => inventory.firewall.backend,
    },
  ],
  [
    'firewall.package',
    {
      meaning: 'the package that the backend is in',
      example: 'ufw',
      of: (_, { inventory }) => inventory.firewall.backend,
    },
  ],
  [
    'firewall.uses_ufw',
    {
      meaning: 'is ufw the backend?',
      example: true,
      of: (_, { inventory }) => inventory.firewall.backend === 'ufw',
    },
  ],
  [
    'firewall.unmanaged_rules',
    {
      meaning: 'what becomes of rules that nobody declared',
      example: 'remove',
      of: (_, { inventory }) => inventory.firewall.unmanagedRules,
    },
  ],
  [
    'firewall.policy',
    {
      meaning: 'what may enter the host',
      example: { rules: [], forwards: [], loopbackRejects: [] },
      of: (host, wanted) => policyOf(host, wanted.inventory, meshIn(wanted), wanted.today),
    },
  ],
]);

/**
 * Arguments with every `$path` replaced by its value for this host. A text that begins with `$` and
 * means itself is written with two of them.
 */
export function resolved(args: unknown, host: Host, wanted: Wanted): unknown {
  if (typeof args === 'string' && args.startsWith('$$')) return args.slice(1);
  if (typeof args === 'string' && args.startsWith('$')) {
    const reference = references.get(args.slice(1));
    if (reference === undefined) throw new Error(`a role refers to ${args}, which does not exist`);
    return reference.of(host, wanted);
  }
  if (Array.isArray(args)) return args.map((each) => resolved(each, host, wanted));
  if (typeof args === 'object' && args !== null) {
    return Object.fromEntries(
      Object.entries(args).map(([name, each]) => [name, resolved(each, host, wanted)]),
    );
  }
  return args;
}

function addressesOf(host: Host, { lock }: Wanted): readonly Address[] {
  return lock.hosts.get(host.name)?.addresses ?? [];
}

/** Where wg-quick(8) looks for it, and beside it the key. */
export function configPath(inventory: Inventory, extension: string): string {
  return `/etc/wireguard/${inventory.network.interface}.${extension}`;
}

/** The members that can be peers: a host that has no key, and gets none now, has to wait. */
function peers(host: Host, wanted: Wanted): readonly Peer[] {
  return nodeOf(host, wanted).peers.filter(
    (peer) => peer.publicKey !== undefined || wanted.keysToCome.has(peer.host),
  );
}

function nodeOf({ name }: Host, wanted: Wanted): Node {
  const node = meshIn(wanted).get(name);
  if (node === undefined) throw new Error(`${name} is not in the mesh`);
  return node;
}

/** With the prefix length of their subnets, so that the kernel routes these over the interface. */
function addresses(host: Host, wanted: Wanted): readonly string[] {
  const { inventory } = wanted;
  const own = addressesOf(host, wanted);
  return inventory.network.subnets.flatMap((subnet) =>
    own.filter((ip) => contains(subnet, ip)).map((ip) => `${ip}/${String(subnet.prefixLength)}`),
  );
}

function servicesOf(host: Host, wanted: Wanted): ServiceEntries {
  return serviceEntriesOf(host, wanted.inventory, meshIn(wanted));
}
