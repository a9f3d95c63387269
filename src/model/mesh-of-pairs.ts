/**
 * A mesh of pairs: everybody with everybody, or only who is linked.
 *
 * Two that are both behind NAT cannot send to each other first. One of the hubs relays between
 * them, the same for both directions: each side sends what is the other's to that hub. Two external
 * peers need no hub declared for their sake; without one they just have no way to each other.
 */
import { type Member, type Node, type Peer, peerOf, viewOf } from './mesh-node';
import { rendezvous } from './rendezvous';
import type { Link, Topology } from './topology';

type Pairs = Extract<Topology, { readonly kind: 'full-mesh' | 'links' }>;

export function meshOfPairs(
  members: ReadonlyMap<string, Member>,
  topology: Pairs,
  subnets: readonly string[],
): ReadonlyMap<string, Node> {
  const all = [...members.values()];
  const edges = edgesOf(members, topology);
  const relays = new Set<string>();
  for (const relayed of edges.relayed.values()) {
    for (const relay of relayed.keys()) relays.add(relay);
  }
  const seen = new Map<string, ReadonlyMap<string, Peer>>();

  return new Map(
    all.map((member): [string, Node] => {
      // Nodes of one view see a peer alike, and share what they see: a full mesh has a million.
      const view = viewOf(member);
      const shared = seen.get(view) ?? viewOfAll(member, all);
      seen.set(view, shared);
      const relayed = edges.relayed.get(member);
      const direct = edges.direct.get(member) ?? new Set<Member>();
      const peers = all.flatMap((peer) => {
        if (!direct.has(peer)) return [];
        const others = relayed?.get(peer.name);
        if (others === undefined) return shared.get(peer.name) ?? [];
        const sources = [...peer.sources, ...others.flatMap((other) => other.sources)];
        return [peerOf(member, peer, sources)];
      });
      const reached = [...direct, ...[...(relayed?.values() ?? [])].flat()];
      const node: Node = {
        ...member,
        peers,
        routes: [...subnets, ...reached.flatMap(({ networks }) => networks).sort()],
        forwards: relays.has(member.name),
        reach: reached.length === all.length - 1 ? 'all' : new Set(reached.map(({ name }) => name)),
      };
      return [member.name, node];
    }),
  );
}

/** Pairs that can't send to each other, and for which no hub is declared: each a mistake. */
export function* pairsWithoutRelay(
  members: ReadonlyMap<string, Member>,
  topology: Pairs,
): Generator<readonly [Member, Member], void, undefined> {
  if (topology.hubs.length > 0) return;
  for (const [one, other] of blindPairs(members, topology)) {
    if (one.isManaged || other.isManaged) yield [one, other];
  }
}

interface Edges {
  readonly direct: ReadonlyMap<Member, ReadonlySet<Member>>;
  /** Of a node, by the name of the relay: whom it reaches through that. */
  readonly relayed: ReadonlyMap<Member, ReadonlyMap<string, readonly Member[]>>;
}

function edgesOf(members: ReadonlyMap<string, Member>, topology: Pairs): Edges {
  const relayed = new Map<Member, Map<string, Member[]>>();
  const { direct, blind } = partedPairs(members, topology);
  for (const [one, other] of blind) {
    const pair = [one.name, other.name].sort().join('\0');
    const relay = members.get(rendezvous(pair, topology.hubs) ?? '');
    if (relay === undefined) continue;
    for (const member of [one, other]) {
      neighbours(direct, member).add(relay);
      neighbours(direct, relay).add(member);
    }
    through(relayed, one, relay.name).push(other);
    through(relayed, other, relay.name).push(one);
  }
  return { direct, relayed };
}

interface Parted {
  /** Of a node, whom it may talk to and one of them can send to the other first. */
  readonly direct: Map<Member, Set<Member>>;
  /** Who may talk, and neither can send first. */
  readonly blind: Iterable<readonly [Member, Member]>;
}

function partedPairs(members: ReadonlyMap<string, Member>, topology: Pairs): Parted {
  const direct = new Map<Member, Set<Member>>();
  if (topology.kind === 'full-mesh') {
    // Half a million pairs among a thousand: taken set by set.
    const all = [...members.values()];
    const open = all.filter(({ endpoints }) => endpoints.length > 0);
    for (const member of all) {
      const others = new Set(member.endpoints.length > 0 ? all : open);
      others.delete(member);
      direct.set(member, others);
    }
    return { direct, blind: blindPairs(members, topology) };
  }
  const blind: (readonly [Member, Member])[] = [];
  for (const [one, other] of linkedPairs(members, topology.links)) {
    if (one.endpoints.length === 0 && other.endpoints.length === 0) {
      blind.push([one, other]);
    } else {
      neighbours(direct, one).add(other);
      neighbours(direct, other).add(one);
    }
  }
  return { direct, blind };
}

/** Each pair once, however often it is linked. */
function* linkedPairs(
  members: ReadonlyMap<string, Member>,
  links: readonly Link[],
): Generator<readonly [Member, Member], void, undefined> {
  const known = (names: readonly string[]) => names.flatMap((name) => members.get(name) ?? []);
  const told = new Map<Member, Set<Member>>();
  for (const link of links) {
    const others = known(link.other);
    for (const one of known(link.one)) {
      for (const other of others) {
        if (one === other || neighbours(told, one).has(other)) continue;
        neighbours(told, one).add(other);
        neighbours(told, other).add(one);
        yield [one, other];
      }
    }
  }
}

/** Pairs that can't send to each other. In a full mesh they cost nothing where nobody is behind NAT. */
function blindPairs(members: ReadonlyMap<string, Member>, topology: Pairs): Parted['blind'] {
  if (topology.kind !== 'full-mesh') return partedPairs(members, topology).blind;
  return pairsAmong([...members.values()].filter(({ endpoints }) => endpoints.length === 0));
}

function* pairsAmong(
  members: readonly Member[],
): Generator<readonly [Member, Member], void, undefined> {
  for (const [index, one] of members.entries()) {
    for (let at = index + 1; at < members.length; at += 1) {
      const other = members[at];
      if (other !== undefined) yield [one, other];
    }
  }
}

function viewOfAll(node: Member, all: readonly Member[]): ReadonlyMap<string, Peer> {
  return new Map(all.map((peer) => [peer.name, peerOf(node, peer, peer.sources)]));
}

function neighbours(map: Map<Member, Set<Member>>, member: Member): Set<Member> {
  const known = map.get(member) ?? new Set<Member>();
  map.set(member, known);
  return known;
}

function through(map: Map<Member, Map<string, Member[]>>, member: Member, relay: string): Member[] {
  const relays = map.get(member) ?? new Map<string, Member[]>();
  map.set(member, relays);
  const known = relays.get(relay) ?? [];
  relays.set(relay, known);
  return known;
}
