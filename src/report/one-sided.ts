/** The one-sided edges of the mesh in words. */
import { groupedBy } from '../model/grouping';
import type { OneSided, OneSidedEdge } from '../model/one-sided';
import { nameList } from './name-list';

/** `host-3 does not have host-1, host-2 as peers, which have it`, a sentence for what is alike. */
export function oneSidedTexts({ edges }: OneSided): readonly string[] {
  const missing = groupedBy(edges, ({ peer }) => peer).map((own) => ({
    peer: own[0].peer,
    isSeen: own[0].isSeen,
    hosts: own.map(({ host }) => host),
  }));
  return groupedBy(missing, ({ isSeen, hosts }) => JSON.stringify([isSeen, hosts])).map((alike) =>
    sentence(
      alike.map(({ peer }) => peer),
      alike[0],
    ),
  );
}

function sentence(
  peers: readonly string[],
  { isSeen, hosts }: Pick<OneSidedEdge, 'isSeen'> & { readonly hosts: readonly string[] },
): string {
  const [known, knowing] = [nameList(peers), nameList(hosts)];
  const has = hosts.length === 1 ? 'has' : 'have';
  if (!isSeen) return `${knowing} ${has} ${known} as ${some(peers)}, which could not be asked`;
  const it = peers.length === 1 ? 'it' : 'them';
  const does = peers.length === 1 ? 'does' : 'do';
  return `${known} ${does} not have ${knowing} as ${some(hosts)}, which ${has} ${it}`;
}

function some(names: readonly string[]): string {
  return names.length === 1 ? 'a peer' : 'peers';
}
