/** Who is whose peer in wg-quick configurations, and which topology that is. */
import { single } from '../model/address';
import type { PublicKey } from '../model/key';
import type { Reading } from './reading';
import type { OwnHost, Peer } from './wg-quick-host';
import { shown } from './wording';
import { problemAt } from './yaml-node';

/** Which host each [Peer] is; undefined where neither an address, a name nor what is left tells. */
export function hostsByPeer(hosts: readonly OwnHost[]): ReadonlyMap<Peer, string | undefined> {
  const owners = new Map(
    hosts.flatMap(({ name, addresses }) => addresses.map(({ ip }) => [ip, name] as const)),
  );
  const names = new Set(hosts.map(({ name }) => name));
  const hostOf = ({ allowed, name }: Peer): string | undefined =>
    allowed.map(({ address }) => owners.get(address)).find((owner) => owner !== undefined) ??
    (name !== undefined && names.has(name) ? name : undefined);
  const known = hosts.flatMap(({ peers }) => peers.map((peer) => ({ peer, host: hostOf(peer) })));
  const last = lastOne(hosts, known);
  return new Map(
    known.map(({ peer, host }) => [
      peer,
      host ?? (last?.key === peer.key ? last?.host : undefined),
    ]),
  );
}

/** The host that is the only peer of all others; undefined where there is none. */
export function centreOf(
  hosts: readonly OwnHost[],
  hostByPeer: ReadonlyMap<Peer, string | undefined>,
): string | undefined {
  if (hosts.length < 3) return undefined;
  const peersOf = (host: OwnHost) => host.peers.map((peer) => hostByPeer.get(peer));
  return hosts.find(({ name }) =>
    hosts.every((other) => other.name === name || peersOf(other).every((peer) => peer === name)),
  )?.name;
}

/** The host that others can send to and that has the most peers: it can relay for those behind NAT. */
export function relayOf(
  hosts: readonly OwnHost[],
  about: ReadonlyMap<string, readonly Peer[]>,
): string | undefined {
  const open = hosts.filter(({ name }) =>
    about.get(name)?.some(({ endpoint }) => endpoint !== undefined),
  );
  return open.toSorted((one, other) => other.peers.length - one.peers.length)[0]?.name;
}

export function topologyOf(star: string | undefined, hub: string | undefined): unknown {
  if (star !== undefined) return { kind: 'hub-and-spoke', hubs: [star] };
  return hub === undefined ? 'full-mesh' : { kind: 'full-mesh', hubs: [hub] };
}

/** The inventory's topology is a full mesh; these files may have been something else. */
export function* checkWhole(
  host: OwnHost,
  hosts: readonly OwnHost[],
  peers: ReadonlySet<string | undefined>,
): Reading<void> {
  const without = hosts.filter(({ name }) => name !== host.name && !peers.has(name));
  if (without.length === 0) return;
  const names = without.slice(0, 5).map(({ name }) => shown(name));
  const more = without.length > 5 ? ', …' : '';
  const message = `host ${shown(host.name)} has no peer ${names.join(', ')}${more} here`;
  yield problemAt(host.node, `${message}; in a full mesh it will: see topology in mesh.yaml`);
}

interface KnownPeer {
  readonly peer: Peer;
  /** Undefined where neither an address nor a name tells. */
  readonly host: string | undefined;
}

/**
 * A hub whose spokes send it the whole network has no address of its own in their files: it is the
 * one host that is left, if one key is left.
 */
function lastOne(
  hosts: readonly OwnHost[],
  peers: readonly KnownPeer[],
): { readonly host: string; readonly key: PublicKey } | undefined {
  const found = new Set(peers.map(({ host }) => host));
  const [host, ...others] = hosts.filter(({ name }) => !found.has(name));
  const isWide = ({ allowed }: Peer) =>
    allowed.every(({ address, subnet: net }) => net.text !== single(address));
  const keys = new Set(
    peers.flatMap(({ peer, host: known }) =>
      known === undefined && isWide(peer) ? (peer.key ?? []) : [],
    ),
  );
  const [key] = keys;
  if (host === undefined || others.length > 0 || key === undefined || keys.size > 1)
    return undefined;
  return { host: host.name, key };
}
