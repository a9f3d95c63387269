/**
 * The mesh: who peers with whom. A pure function of the whole inventory and the lock; which hosts a
 * run touches, or reaches, has no part in it.
 *
 * WireGuard sends a packet to the one peer whose AllowedIPs hold its destination, and takes one
 * only from the peer whose AllowedIPs hold its source (cryptokey routing; WireGuard paper, section
 * 2). So of any two peers of a node they never overlap, and a packet takes the same way there and
 * back.
 */
import { single } from './address';
import { type ExternalPeer, sourcesOf } from './external-peer';
import type { Host } from './host';
import type { Inventory } from './inventory';
import { emptyLock, type Lock } from './lock';
import type { Member, Node } from './mesh-node';
import { meshOfPairs, pairsWithoutRelay } from './mesh-of-pairs';
import { meshOfSpokes } from './mesh-of-spokes';

/** Hosts and external peers by name, sorted by it. */
export type Mesh = ReadonlyMap<string, Node>;

/** The whole mesh. */
export function meshOf(inventory: Inventory, lock: Lock): Mesh {
  const members = membersOf(inventory, lock);
  const subnets = inventory.network.subnets.map(({ text }) => text);
  const { topology } = inventory;
  return topology.kind === 'hub-and-spoke'
    ? meshOfSpokes(members, topology.hubs, subnets)
    : meshOfPairs(members, topology, subnets);
}

/** Pairs of names that nothing connects, because both are behind NAT and no hub is declared. */
export function unreachablePairs(inventory: Inventory): readonly (readonly [string, string])[] {
  const { topology } = inventory;
  if (topology.kind === 'hub-and-spoke') return [];
  const pairs = pairsWithoutRelay(membersOf(inventory, emptyLock), topology);
  return Array.from(pairs, ([one, other]): [string, string] => [one.name, other.name]);
}

/** May the first talk to the second, and has it a way to? */
export function reaches(mesh: Mesh, from: string, to: string): boolean {
  const node = mesh.get(from);
  if (node === undefined || from === to) return false;
  return node.reach === 'all' ? mesh.has(to) : node.reach.has(to);
}

function membersOf({ hosts, externals }: Inventory, lock: Lock): ReadonlyMap<string, Member> {
  const members = [...hosts.map((host) => memberOfHost(host, lock)), ...externals.map(outsider)];
  members.sort((one, other) => (one.name < other.name ? -1 : 1));
  return new Map(members.map((member) => [member.name, member]));
}

function memberOfHost(host: Host, lock: Lock): Member {
  const identity = lock.hosts.get(host.name);
  const addresses = identity?.addresses ?? [];
  return {
    name: host.name,
    isManaged: true,
    publicKey: identity?.publicKey,
    addresses,
    networks: [],
    sources: addresses.map(single),
    endpoints: host.endpoints,
    persistentKeepalive: host.persistentKeepalive,
    hub: host.hub,
  };
}

function outsider(peer: ExternalPeer): Member {
  return {
    name: peer.name,
    isManaged: false,
    publicKey: peer.publicKey,
    addresses: peer.addresses,
    networks: peer.networks.map(({ text }) => text),
    sources: sourcesOf(peer),
    endpoints: peer.endpoint === undefined ? [] : [peer.endpoint],
    persistentKeepalive: peer.persistentKeepalive,
    hub: peer.hub,
  };
}
