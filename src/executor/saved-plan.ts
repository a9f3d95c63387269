/** An inspection as a plan that can be saved, and a later one held to it. */
import { knownAfterApply, type PlannedChange } from '../model/change';
import type { HostOutcome } from '../model/outcome';
import { type PlannedHost, signatureOf } from '../model/saved-plan';
import { stateDigest } from '../plan/state-digest';
import type { Inspection } from './inspection';

export function plannedHosts({ outcomes, looks }: Inspection): readonly PlannedHost[] {
  return outcomes.map(({ host, outcome, changes }): PlannedHost => {
    if (outcome === 'changed' || outcome === 'diverged') throw new Error(`${host} was only seen`);
    const look = looks.get(host);
    return {
      host,
      outcome,
      state: look?.kind === 'seen' ? stateDigest(look.sighting) : null,
      changes: changes.map((change) => {
        const { role, resource, summary } = change;
        return { role, resource, summary, signature: signatureOf(change) };
      }),
    };
  });
}

/**
 * The inspection, in which every host has failed that would be changed otherwise than planned, be it
 * because somebody has changed it since or because something else is wanted of it.
 */
export function heldTo(planned: readonly PlannedHost[], inspection: Inspection): Inspection {
  const now = new Map(plannedHosts(inspection).map((each) => [each.host, each]));
  const outcomes = inspection.outcomes.map((each): HostOutcome => {
    if (each.outcome !== 'pending') return each;
    const plan = planned.find(({ host }) => host === each.host);
    const why = staleness(plan, now.get(each.host));
    if (why === undefined) return each;
    return {
      ...each,
      outcome: 'failed',
      changes: [],
      error: `${why}; nothing was done, plan again`,
    };
  });
  return { ...inspection, outcomes };
}

function staleness(
  plan: PlannedHost | undefined,
  now: PlannedHost | undefined,
): string | undefined {
  if (plan === undefined || now === undefined) return 'it is not in the plan';
  if (plan.state === null) return `it was ${plan.outcome} when the plan was made`;
  if (plan.state !== now.state) return 'changed since the plan was made';
  const planned = plan.changes.map(({ signature }) => signature);
  const other = now.changes.find(({ signature }) => !planned.includes(signature));
  if (other !== undefined)
    return `what is wanted has changed since the plan was made: ${other.summary}`;
  const isSame = planned.length === now.changes.length;
  return isSame ? undefined : 'something that was planned is not wanted any more';
}

/** The changes of each host. */
export function plannedChanges({
  outcomes,
}: Inspection): ReadonlyMap<string, readonly PlannedChange[]> {
  return new Map(outcomes.map(({ host, changes }) => [host, changes]));
}

/**
 * What of a later stage was not planned; undefined: nothing. By then hosts have keys and packages that
 * they did not have, so a change may know what was to be known after the apply, and no more.
 */
export function beyond(
  planned: readonly PlannedChange[],
  changes: readonly PlannedChange[],
): PlannedChange | undefined {
  return changes.find((change) => !planned.some((each) => comesTo(each, change)));
}

function comesTo(planned: PlannedChange, change: PlannedChange): boolean {
  const isSameThing =
    planned.role === change.role &&
    planned.resource === change.resource &&
    planned.summary === change.summary;
  return isSameThing && fits(planned.after.split('\n'), change.after.split('\n'));
}

function fits(planned: readonly string[], found: readonly string[]): boolean {
  return (
    planned.length === found.length &&
    planned.every((line, index) => {
      const [start = '', end] = line.split(knownAfterApply);
      const there = found[index] ?? '';
      return end === undefined ? there === line : there.startsWith(start) && there.endsWith(end);
    })
  );
}
