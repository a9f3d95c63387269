/**
 * A hub-and-spoke mesh. It is a tree of hubs that all know each other and spokes that know one hub
 * each, their home; so it grows with the number of its edges, and there is one way between any two.
 *
 * A spoke sends the whole network to its home. A hub sends to each spoke what is the spoke's own,
 * and to each other hub that hub's own and that of all its spokes.
 */
import { type Member, type Node, type Peer, peerOf, viewOf } from './mesh-node';
import { rendezvous } from './rendezvous';

export function meshOfSpokes(
  members: ReadonlyMap<string, Member>,
  hubNames: readonly string[],
  subnets: readonly string[],
): ReadonlyMap<string, Node> {
  const hubs = hubNames.flatMap((name) => members.get(name) ?? []);
  const homes = homesOf(members, hubs);
  const networks = [...members.values()].flatMap((member) => member.networks);
  const everything = [...subnets, ...networks];
  const atHome = new Map<string, Peer>();

  const peersOfSpoke = (spoke: Member, home: Member): readonly Peer[] => {
    // What is behind the spoke itself is never sent to the hub.
    if (spoke.networks.length > 0) return [peerOf(spoke, home, without(everything, spoke))];
    const key = `${home.name} ${viewOf(spoke)}`;
    const peer = atHome.get(key) ?? peerOf(spoke, home, everything);
    atHome.set(key, peer);
    return [peer];
  };
  const peersOfHub = (hub: Member): readonly Peer[] => {
    const others = hubs
      .filter((other) => other !== hub)
      .map((other) => peerOf(hub, other, behind(other, homes)));
    const spokes = (homes.get(hub) ?? []).map((spoke) => peerOf(hub, spoke, spoke.sources));
    return [...others, ...spokes].sort((one, other) => (one.host < other.host ? -1 : 1));
  };

  const nodes = new Map<string, Node>();
  for (const hub of hubs) {
    nodes.set(hub.name, {
      ...hub,
      peers: peersOfHub(hub),
      routes: everything,
      forwards: true,
      reach: 'all',
    });
    for (const spoke of homes.get(hub) ?? []) {
      nodes.set(spoke.name, {
        ...spoke,
        peers: peersOfSpoke(spoke, hub),
        routes: spoke.networks.length > 0 ? without(everything, spoke) : everything,
        forwards: false,
        reach: 'all',
      });
    }
  }
  // In the order of their names again; without a hub, nobody is connected.
  const alone = { peers: [], routes: subnets, forwards: false, reach: new Set<string>() };
  return new Map(
    [...members.values()].map((member) => [
      member.name,
      nodes.get(member.name) ?? { ...member, ...alone },
    ]),
  );
}

/** The spokes of each hub. Who chose no home has the one that its name falls to. */
function homesOf(
  members: ReadonlyMap<string, Member>,
  hubs: readonly Member[],
): ReadonlyMap<Member, readonly Member[]> {
  const homes = new Map(hubs.map((hub): [Member, Member[]] => [hub, []]));
  const names = hubs.map(({ name }) => name);
  for (const member of members.values()) {
    if (homes.has(member)) continue;
    const chosen = names.find((name) => name === member.hub);
    const home = members.get(chosen ?? rendezvous(member.name, names) ?? '');
    if (home !== undefined) homes.get(home)?.push(member);
  }
  return homes;
}

/** All that is reached through a hub: its own, and what its spokes have. */
function behind(hub: Member, homes: ReadonlyMap<Member, readonly Member[]>): readonly string[] {
  return [hub, ...(homes.get(hub) ?? [])].flatMap(({ sources }) => sources);
}

function without(everything: readonly string[], { networks }: Member): readonly string[] {
  return everything.filter((subnet) => !networks.includes(subnet));
}
