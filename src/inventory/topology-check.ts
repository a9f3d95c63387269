/** The topology against the hosts: hubs that can be sent to, homes that are hubs, pairs with a way. */
import type { Inventory } from '../model/inventory';
import { unreachablePairs } from '../model/mesh';
import type { LocatedExternal } from './external-peers';
import type { Written } from './host-variables';
import type { LocatedHost } from './hosts-file';
import type { Reading } from './reading';
import type { LocatedService } from './services-file';
import type { DeclaredTopology } from './topology';
import { either, shown } from './wording';
import { items, problemAt, textOf } from './yaml-node';

export function* checkTopology(
  inventory: Inventory,
  declared: DeclaredTopology,
  hosts: readonly LocatedHost[],
  externals: readonly LocatedExternal[],
): Reading<void> {
  yield* checkHubs(declared, hosts);
  for (const { host, hub } of hosts) yield* checkHome(host.name, hub, declared);
  for (const { peer, hub } of externals) yield* checkHome(peer.name, hub, declared);
  yield* checkLinked(inventory, hosts, externals);
  yield* checkRelays(inventory, declared, hosts);
}

function* checkHubs(
  { topology, hubs }: DeclaredTopology,
  hosts: readonly LocatedHost[],
): Reading<void> {
  for (const { host } of hosts) {
    if (host.endpoints.length > 0 || !topology.hubs.includes(host.name)) continue;
    const node = items(hubs).find((item) => textOf(item) === host.name) ?? hubs;
    if (node === undefined) continue;
    const message = `hub ${shown(host.name)} is behind NAT (wg_endpoint: none); a hub needs an endpoint`;
    yield problemAt(node, message);
  }
}

function* checkHome(
  name: string,
  hub: Written<string> | undefined,
  { topology }: DeclaredTopology,
): Reading<void> {
  if (hub === undefined) return;
  if (topology.kind !== 'hub-and-spoke') {
    const message = `a home hub has no meaning in a topology of kind ${shown(topology.kind)}`;
    yield problemAt(hub.node, message);
  } else if (topology.hubs.includes(name)) {
    yield problemAt(hub.node, `${shown(name)} is a hub itself, and has no home hub`);
  } else if (!topology.hubs.includes(hub.value) && topology.hubs.length > 0) {
    yield problemAt(hub.node, `${shown(hub.value)} is no hub; hubs are ${either(topology.hubs)}`);
  }
}

/** Who is in no link would be in the network, and have nobody to talk to. */
function* checkLinked(
  { topology }: Inventory,
  hosts: readonly LocatedHost[],
  externals: readonly LocatedExternal[],
): Reading<void> {
  if (topology.kind !== 'links' || topology.links.length === 0) return;
  const linked = new Set(topology.links.flatMap(({ one, other }) => [...one, ...other]));
  for (const hub of topology.hubs) linked.add(hub);
  const all = [
    ...hosts.map(({ host, node }) => ({ name: host.name, node })),
    ...externals.map(({ peer, node }) => ({ name: peer.name, node })),
  ];
  for (const { name, node } of all) {
    if (linked.has(name)) continue;
    const message = `${shown(name)} is in no link of the topology: it would have no peer`;
    yield problemAt(node, message, { at: 'key' });
  }
}

function* checkRelays(
  inventory: Inventory,
  { node }: DeclaredTopology,
  hosts: readonly LocatedHost[],
): Reading<void> {
  const pairs = unreachablePairs(inventory);
  const [first] = pairs;
  if (first === undefined) return;
  const place = hosts.find(({ host }) => first.includes(host.name))?.node;
  const more = pairs.length > 1 ? ` (and ${String(pairs.length - 1)} more such pairs)` : '';
  const names = first.map(shown).join(' and ');
  const message = `${names} are both behind NAT, and neither can send first${more}`;
  const right =
    inventory.topology.kind === 'links'
      ? 'name a hub that relays, beside the links: `hubs: [hub-1]`'
      : 'name a hub that relays: `topology: { kind: full-mesh, hubs: [hub-1] }`';
  if (node !== undefined) yield problemAt(node, `${message}; ${right}`);
  else if (place !== undefined) yield problemAt(place, `${message}; ${right}`, { at: 'key' });
}

/** Services that let somebody in who has no way to them. */
export function* checkClients(
  { topology }: Inventory,
  services: readonly LocatedService[],
): Reading<void> {
  if (topology.kind !== 'links') return;
  const linked = new Set<string>();
  for (const { one, other } of topology.links) {
    for (const a of one) for (const b of other) linked.add(`${a} ${b}`).add(`${b} ${a}`);
  }
  for (const { service, from } of services) {
    if (service.from === 'all' || from === undefined) continue;
    const cut = service.from.flatMap((client) =>
      service.hosts
        .filter((host) => host !== client && !linked.has(`${client} ${host}`))
        .map((host) => [client, host] as const),
    );
    const [pair] = cut;
    if (pair === undefined) continue;
    const more = cut.length > 1 ? ` (and ${String(cut.length - 1)} more such pairs)` : '';
    const [client, host] = pair.map(shown);
    const message = `service ${shown(service.name)} lets ${String(client)} in, but no link connects it with ${String(host)}${more}`;
    yield problemAt(from, message);
  }
}
