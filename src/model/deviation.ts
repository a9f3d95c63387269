/**
 * The deviations of a run, what each is known again by, and how they stand to those of the last run.
 *
 * A scheduled run finds the same drift every few minutes and is to alert once: what has the signature of
 * something that is remembered is known.
 */
import type { PlannedChange } from './change';
import type { Check } from './check';
import type { Deviation, Drifting } from './drifting';
import type { HostOutcome, RunOutcome } from './outcome';
import { changeSignature, checkSignature, hostSignature } from './signature';

/** Of a run, each once, in its order. */
export function deviationsOf({
  hosts,
  checks,
}: Pick<RunOutcome, 'hosts' | 'checks'>): readonly Deviation[] {
  const found = [...hosts.flatMap(ofHost), ...checks.flatMap(ofCheck)];
  return [...new Map(found.map((each) => [each.signature, each] as const)).values()];
}

function ofHost({ host, outcome, changes }: HostOutcome): readonly Deviation[] {
  switch (outcome) {
    case 'unchanged':
    case 'changed':
      return [];
    case 'pending':
      return changes.map((change) => ofChange(host, change));
    case 'failed':
    case 'diverged':
    case 'unreachable':
      return [
        {
          signature: hostSignature({ host, outcome }),
          kind: 'host',
          host,
          title: `${host} is ${outcome}`,
        },
      ];
  }
}

function ofChange(host: string, change: PlannedChange): Deviation {
  const title = `${change.role}: ${change.summary}`;
  return { signature: changeSignature(host, change), kind: 'change', host, title };
}

function ofCheck(check: Check): readonly Deviation[] {
  const { host, id, title, status } = check;
  if (status !== 'fail' && status !== 'warn') return [];
  const signature = checkSignature(check);
  return [{ signature, kind: 'check', host, title: `${id} ${status}: ${title}` }];
}

/** A deviation as it is remembered. */
export interface Known extends Deviation {
  /** When it was first found, ISO 8601, UTC. */
  readonly since: string;
  /** Has somebody been alerted? */
  readonly isTold: boolean;
}

/** What is remembered from run to run. */
export interface Remembered {
  readonly present: readonly Known[];
  /** Gone, and whoever was alerted does not know yet. */
  readonly gone: readonly Known[];
}

export interface Followed {
  readonly drifting: readonly Drifting[];
  /** What is to be remembered as long as nobody is alerted. */
  readonly remembered: Remembered;
  /** Whoever is alerted must hear of these: those that are new to them, and those that are gone. */
  readonly alerts: { readonly present: readonly Known[]; readonly gone: readonly Known[] };
}

/**
 * Holds a run against what is remembered. What could not be looked at this time is neither there nor
 * gone: it stays as it was, without a word. What a rule ignores is forgotten without a word: it is not
 * gone, and when the rule ends it is new. @param now ISO 8601, UTC.
 */
export function follow(
  run: Pick<RunOutcome, 'hosts' | 'checks'>,
  last: Remembered,
  now: string,
): Followed {
  const before = new Map([...last.gone, ...last.present].map((each) => [each.signature, each]));
  const found = deviationsOf(run).map((each): Known => {
    const known = before.get(each.signature);
    return { ...each, since: known?.since ?? now, isTold: known?.isTold ?? false };
  });
  const here = new Set(found.map(({ signature }) => signature));
  const wasPresent = new Set(last.present.map(({ signature }) => signature));
  const ignored = ignoredIn(run);
  const isMissing = ({ signature }: Deviation) => !here.has(signature) && !ignored.has(signature);
  const missing = last.present.filter(isMissing);
  const unseen = unseenIn(run);
  const kept = missing.filter(unseen);
  const resolved = missing.filter((each) => !unseen(each));
  const gone = [...last.gone.filter(isMissing), ...resolved.filter(({ isTold }) => isTold)];
  return {
    drifting: [
      ...found.map((each) => drifting(each, wasPresent.has(each.signature) ? 'known' : 'new')),
      ...resolved.map((each) => drifting(each, 'resolved')),
    ],
    remembered: { present: [...found, ...kept], gone },
    alerts: { present: found.filter(({ isTold }) => !isTold), gone },
  };
}

/** What is remembered when somebody has been alerted. */
export function told({ present }: Remembered): Remembered {
  return { present: present.map((each) => ({ ...each, isTold: true })), gone: [] };
}

function drifting(known: Known, state: Drifting['state']): Drifting {
  const { signature, kind, host, title, since } = known;
  return { signature, kind, host, title, state, since };
}

/** Says of a deviation that this run could not tell: nobody saw its host, or the check was skipped. */
function unseenIn({ hosts, checks }: Pick<RunOutcome, 'hosts' | 'checks'>) {
  const ended = new Map(hosts.map(({ host, outcome }) => [host, outcome]));
  const skipped = signaturesOf(checks, 'skip');
  return ({ kind, host, signature }: Deviation): boolean => {
    const outcome = ended.get(host);
    if (outcome === undefined || skipped.has(signature)) return true;
    return kind !== 'host' && (outcome === 'unreachable' || outcome === 'failed');
  };
}

function ignoredIn({ hosts, checks }: Pick<RunOutcome, 'hosts' | 'checks'>): ReadonlySet<string> {
  const changes = hosts.flatMap(({ host, ignored = [] }) =>
    ignored.map(({ change }) => changeSignature(host, change)),
  );
  return new Set([...changes, ...signaturesOf(checks, 'ignored')]);
}

/** By what the checks of a status would be known if they failed or warned. */
function signaturesOf(checks: readonly Check[], status: Check['status']): ReadonlySet<string> {
  const some = checks.filter((check) => check.status === status);
  return new Set(
    some.flatMap((check) => [checkSignature(check, 'fail'), checkSignature(check, 'warn')]),
  );
}
