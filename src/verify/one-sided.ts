/** Which edges of the mesh only one of their hosts has, by what the hosts have said of their peers. */
import type { Answers } from '../facts/questionnaire';
import { seenOf } from '../facts/seen';
import { wireguardState } from '../facts/wireguard-state';
import type { PublicKey } from '../model/key';
import type { Mesh } from '../model/mesh';
import type { OneSidedEdge } from '../model/one-sided';

/**
 * Of the edges that the mesh wants, between the hosts of a run.
 * @param hosts all hosts of the run, also those that said nothing.
 * @param before what they said at first, and `after` last.
 */
export function oneSidedEdges(
  mesh: Mesh,
  interfaceName: string,
  hosts: readonly string[],
  before: ReadonlyMap<string, Answers>,
  after: ReadonlyMap<string, Answers>,
): readonly OneSidedEdge[] {
  const had = peersIn(before, interfaceName);
  const has = peersIn(after, interfaceName);
  const inRun = new Set(hosts);
  return hosts.flatMap((host): readonly OneSidedEdge[] => {
    const node = mesh.get(host);
    const own = has(host);
    if (node?.publicKey === undefined || own === undefined) return [];
    const { publicKey } = node;
    return node.peers.flatMap((peer) => {
      if (!inRun.has(peer.host) || !knows(own, peer.publicKey)) return [];
      const theirs = has(peer.host);
      const isSeen = theirs !== undefined;
      const isMissing = isSeen
        ? !knows(theirs, publicKey)
        : !knows(had(host) ?? new Set(), peer.publicKey);
      return isMissing ? { host, peer: peer.host, isSeen } : [];
    });
  });
}

type Peers = ReadonlySet<PublicKey>;

/** The peers that the kernel of a host has; undefined where it does not say. */
function peersIn(answers: ReadonlyMap<string, Answers>, interfaceName: string) {
  const said = [...answers].map(
    ([host, each]) => [host, { answers: each, span: undefined }] as const,
  );
  const seen = seenOf(new Map(said), new Set());
  const fact = wireguardState(interfaceName);
  return (host: string): Peers | undefined => {
    const state = seen.tells(host, fact);
    if (state === 'unasked') return undefined;
    return new Set(state.kind === 'present' ? state.peers.keys() : []);
  };
}

function knows(peers: Peers, key: PublicKey | undefined): boolean {
  return key !== undefined && peers.has(key);
}
