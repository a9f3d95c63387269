/** The checks between two nodes, pair by pair: who reaches whom, and by which family. */
import { address, familyOf } from '../../model/address';
import type { Check } from '../../model/check';
import { type Group, groupedBy } from '../../model/grouping';
import { reaches } from '../../model/mesh';
import type { RunOutcome } from '../../model/outcome';
import { ignoredText } from '../ignored';
import { type State, states } from './state';

/** What is looked at between two nodes. */
export type Aspect = 'v4' | 'v6' | 'handshake' | 'path';

export const aspects: readonly Aspect[] = ['v4', 'v6', 'handshake', 'path'];

/** From the first to the second. */
export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly findings: ReadonlyMap<Aspect, Pick<Check, 'status' | 'evidence'>>;
  readonly state: State;
}

export interface Pairs {
  /** Whoever was to ask: hosts, in the order of the mesh. */
  readonly rows: readonly string[];
  /** Whoever was to answer: external peers too. */
  readonly columns: readonly string[];
  /** Undefined for two between whom nothing was looked at. */
  readonly between: (from: string, to: string) => Pair | undefined;
  /** May the first talk to the second? True also where the run does not know. */
  readonly mayTalk: (from: string, to: string) => boolean;
  /** Those that may talk, whether looked at or not. */
  readonly all: readonly Pair[];
}

export function isBetweenPeers(check: Check): check is Check & { readonly peer: string } {
  return check.peer !== undefined && (check.id === 'SC-1' || check.id === 'SC-3');
}

export function pairsOf({ mesh, hosts, checks }: RunOutcome): Pairs {
  const own = checks.filter(isBetweenPeers);
  const found = new Map(
    groupedBy(own, keyOf).map((group): [string, Pair] => [keyOf(group[0]), pairOf(group)]),
  );
  const known = mesh === undefined ? [] : [...mesh.values()];
  const rows = new Set(known.flatMap(({ name, isManaged }) => (isManaged ? name : [])));
  for (const { host } of [...hosts, ...own]) rows.add(host);
  const columns = new Set([...known.map(({ name }) => name), ...rows]);
  for (const { peer } of own) columns.add(peer);
  const between = (from: string, to: string) => found.get(keyOf({ host: from, peer: to }));
  const mayTalk = (from: string, to: string) =>
    from !== to &&
    (mesh === undefined || between(from, to) !== undefined || reaches(mesh, from, to));
  const all = [...rows].flatMap((from) =>
    [...columns]
      .filter((to) => mayTalk(from, to))
      .map((to) => between(from, to) ?? { from, to, findings: new Map(), state: 'none' as const }),
  );
  return { rows: [...rows], columns: [...columns], between, mayTalk, all };
}

function keyOf({ host, peer }: Pick<Check & { readonly peer: string }, 'host' | 'peer'>): string {
  return JSON.stringify([host, peer]);
}

function pairOf(checks: Group<Check & { readonly peer: string }>): Pair {
  const [{ host: from, peer: to }] = checks;
  const findings = new Map(
    groupedBy(checks, aspectOf).map((own): [Aspect, Pick<Check, 'status' | 'evidence'>] => {
      const status = worstOf(own);
      const evidence = new Set(own.flatMap((one) => (one.status === status ? seen(one) : [])));
      return [aspectOf(own[0]), { status, evidence: [...evidence].join('; ') }];
    }),
  );
  return { from, to, findings, state: worstOf(checks) };
}

function seen({ evidence, ignored }: Check): string {
  return ignored === undefined ? evidence : `${evidence}, ${ignoredText(ignored.by)}`;
}

function worstOf(checks: Group<Check>): Check['status'] {
  const [first, ...others] = checks;
  return others.reduce(
    (worse, { status }) => (states.indexOf(status) < states.indexOf(worse) ? status : worse),
    first.status,
  );
}

/** The address that its title names tells the family. */
function aspectOf({ id, title }: Check): Aspect {
  if (id === 'SC-3') return 'handshake';
  const ip = title
    .split(' ')
    .filter((word) => /[.:]/.test(word))
    .map(address)
    .find((each) => each !== undefined);
  if (ip === undefined) return 'path';
  return familyOf(ip) === 4 ? 'v4' : 'v6';
}
