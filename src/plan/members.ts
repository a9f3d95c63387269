/**
 * Whom a host is to reach, for verification: its peers, and those behind hubs.
 *
 * In a network of hubs and spokes there are many more pairs than edges. Of those behind hubs each host
 * asks a fixed number, the next ones by name; so each is asked by as many others, and what is asked
 * grows with the hosts.
 */
import type { Mesh } from '../model/mesh';
import type { Node } from '../model/mesh-node';
import type { Member } from '../resources/peers-check';

/** Nodes behind hubs that a host asks. */
const mostBehindHubs = 64;

export interface Members {
  readonly members: readonly Member[];
  /** Further nodes behind hubs, which this host does not ask. */
  readonly unasked: number;
}

export function membersOf(node: Node, mesh: Mesh): Members {
  const known = membersByNode.get(node) ?? newMembers(node, mesh);
  membersByNode.set(node, known);
  return known;
}

/** A node belongs to one mesh, and is asked for its members by every compilation. */
const membersByNode = new WeakMap<Node, Members>();

function newMembers(node: Node, mesh: Mesh): Members {
  const direct = new Set(node.peers.map(({ host }) => host));
  const others = (node.reach === 'all' ? mesh.size - 1 : node.reach.size) - direct.size;
  const asked = behindHubs(node, direct, mesh, Math.min(others, mostBehindHubs));
  return {
    members: [
      ...[...direct].flatMap((name) => mesh.get(name) ?? []).map((peer) => member(peer, undefined)),
      ...asked.map((other) => member(other, relayTo(other, node, mesh))),
    ],
    unasked: others - asked.length,
  };
}

/** The next `count` of them by name. */
function behindHubs(
  node: Node,
  direct: ReadonlySet<string>,
  mesh: Mesh,
  count: number,
): readonly Node[] {
  const { names, positions } = orderOf(mesh);
  const start = (positions.get(node.name) ?? -1) + 1;
  const found: Node[] = [];
  const { reach } = node;
  for (let step = 0; step < names.length - 1 && found.length < count; step += 1) {
    const name = names[(start + step) % names.length] ?? '';
    const other = mesh.get(name);
    if (direct.has(name) || other === undefined) continue;
    if (reach === 'all' || reach.has(name)) found.push(other);
  }
  return found;
}

/** The peer that passes on what is meant for the other. */
function relayTo(other: Node, node: Node, mesh: Mesh): Node | undefined {
  const [only, ...more] = node.peers;
  if (only !== undefined && more.length === 0) return mesh.get(only.host);
  const [home, ...others] = other.peers;
  if (home !== undefined && others.length === 0) return mesh.get(home.host);
  const [source = ''] = other.sources;
  const relay = node.peers.find(({ allowedIps }) => allowedIps.includes(source));
  return relay === undefined ? undefined : mesh.get(relay.host);
}

/** One for each way to a node: a thousand hosts that reach it the same way share it. */
function member(node: Node, relay: Node | undefined): Member {
  const ways = membersByWay.get(node) ?? new Map<Node | undefined, Member>();
  const known = ways.get(relay);
  if (known !== undefined) return known;
  const made = newMember(node, relay);
  membersByWay.set(node, ways.set(relay, made));
  return made;
}

const membersByWay = new WeakMap<Node, Map<Node | undefined, Member>>();

function newMember(
  { name, addresses, publicKey, isManaged }: Node,
  relay: Node | undefined,
): Member {
  const via = relay === undefined ? undefined : { host: relay.name, publicKey: relay.publicKey };
  return { host: name, addresses, publicKey, isExternal: !isManaged, via };
}

interface Order {
  /** Sorted. */
  readonly names: readonly string[];
  readonly positions: ReadonlyMap<string, number>;
}

function orderOf(mesh: Mesh): Order {
  const known = orders.get(mesh);
  if (known !== undefined) return known;
  const names = [...mesh.keys()];
  const made = { names, positions: new Map(names.map((name, index) => [name, index])) };
  orders.set(mesh, made);
  return made;
}

const orders = new WeakMap<Mesh, Order>();
