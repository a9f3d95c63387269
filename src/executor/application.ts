/**
 * An application: carries the plans of an inspection out, stage by stage, and each stage batch by
 * batch.
 *
 * The stage that makes the keys ends in a barrier, because the configuration of every host needs
 * the public keys of the others. After each push the host has said what it looks like now, and has
 * been logged in to anew; what is still wanted then is `diverged`, and nothing is called done that
 * was not seen.
 */
import type { PlannedChange } from '../model/change';
import type { Host } from '../model/host';
import type { Lock } from '../model/lock';
import type { HostOutcome } from '../model/outcome';
import { compile, questions } from '../plan/task';
import type { Wanted } from '../plan/values';
import { acquaint, type Assignment, type Inspection, planFor, verify } from './inspection';
import { inPhase, type Look, type Means, type NotBegun } from './look';
import { push, type PushEnd } from './push';
import { allAtOnce, batchesOf, Gate, type RolloutOptions } from './rollout';
import { beyond } from './saved-plan';

export interface Application {
  /** With all keys that are known now. */
  readonly wanted: Wanted;
  /** In the order of the inventory; `pending` where a host was not begun, or not gone on with. */
  readonly outcomes: readonly HostOutcome[];
  /** How each host looked when it was last asked. */
  readonly looks: ReadonlyMap<string, Look>;
}

/** How it stands with a host while the stages go by. */
interface Progress {
  readonly host: Host;
  readonly look: Look;
  /** What has been pushed so far. */
  readonly pushed: readonly PlannedChange[];
  /** Set once something went wrong: the host takes no part in further stages. */
  readonly failure: Failure | undefined;
  /** Why it was not begun, or not gone on with, when there was something to change. */
  readonly held: string | undefined;
}

type Failure = Pick<HostOutcome, 'outcome' | 'changes'> & { readonly error: string };

/**
 * @param inspection what the operator has seen and agreed to.
 * @param record is given the lock before anything is pushed, so that no host has an address that
 *   nobody wrote down; and whenever hosts have told new keys, before others rely on them.
 */
export async function apply(
  assignment: Assignment,
  inspection: Inspection,
  means: Means,
  record: (lock: Lock) => Promise<void>,
  options: RolloutOptions = allAtOnce,
): Promise<Application> {
  let wanted = inspection.wanted;
  let fleet = assignment.hosts.map((host) => begin(host, inspection));
  await record(wanted.lock);
  const gate = new Gate(means.brake, options, fleet);
  const batches = batchesIn(inspection, options.serial);
  const last = lastStage(assignment);
  for (let stage = 0; stage <= last; stage += 1) {
    for (const batch of batches) {
      const now = { ...assignment, wanted };
      fleet = await pushStage(fleet, { stage, isLast: stage === last, batch }, now, means, gate);
      gate.see(fleet);
      // The last batch is verified with all others, at the end.
      const isVerified = stage === last && batch !== batches.at(-1) && gate.reason === undefined;
      if (isVerified) gate.fail(await unwell(fleet, batch, now, means));
    }
    const looks = looksOf(fleet);
    const known = acquaint(wanted, looks);
    // A key that was still to come and has not come is not waited for.
    const keysToCome = gate.reason === undefined ? new Set<string>() : known.wanted.keysToCome;
    wanted = { ...known.wanted, keysToCome };
    fleet = fleet.map((each) => alarmed(each, known.alarms.get(each.host.name)));
    gate.see(fleet);
    await record(wanted.lock);
  }
  const outcomes = fleet.map((each) => outcomeOf(each, { ...assignment, wanted }));
  return { wanted, outcomes, looks: looksOf(fleet) };
}

/** Whoever has nothing to change comes last: he may have when all keys are known. */
function batchesIn({ outcomes }: Inspection, serial: RolloutOptions['serial']) {
  const namesOf = (hosts: readonly HostOutcome[]) => hosts.map(({ host }) => host);
  const busy = outcomes.filter(({ outcome }) => outcome === 'pending');
  const idle = outcomes.filter(({ outcome }) => outcome !== 'pending');
  const batches = batchesOf(namesOf(busy), serial, outcomes.length);
  return [...batches.slice(0, -1), [...(batches.at(-1) ?? []), ...namesOf(idle)]];
}

function looksOf(fleet: readonly Progress[]): ReadonlyMap<string, Look> {
  return new Map(fleet.map(({ host, look }) => [host.name, look]));
}

function begin(host: Host, { looks, alarms, outcomes }: Inspection): Progress {
  const look = looks.get(host.name);
  const outcome = outcomes.find((each) => each.host === host.name);
  if (look === undefined || outcome === undefined)
    throw new Error(`${host.name} was not inspected`);
  const failed = outcome.outcome === 'failed' || outcome.outcome === 'unreachable';
  const error = alarms.get(host.name) ?? outcome.error;
  const failure = failed && error !== null ? { ...outcome, error } : undefined;
  return { host, look, pushed: [], failure, held: undefined };
}

function lastStage({ hosts, roles, wanted }: Assignment): number {
  const stages = hosts.flatMap((host) => compile(host, roles, wanted).map((task) => task.stage));
  return Math.max(0, ...stages);
}

interface Turn {
  readonly stage: number;
  /** What is still wanted after the last stage is wanted in vain. */
  readonly isLast: boolean;
  readonly batch: readonly string[];
}

/** Pushes what this stage wants to every host of the batch that wants something. */
async function pushStage(
  fleet: readonly Progress[],
  { stage, isLast, batch }: Turn,
  assignment: Assignment,
  means: Means,
  gate: Gate,
): Promise<Progress[]> {
  const inBatch = new Set(batch);
  const planned = fleet.map((each) =>
    inBatch.has(each.host.name)
      ? planStage(each, stage, assignment)
      : { progress: each, changes: [] },
  );
  const busy = planned.filter(({ changes }) => changes.length > 0);
  if (busy.length === 0) return planned.map(({ progress }) => progress);
  const { reason } = gate;
  if (reason !== undefined) {
    return planned.map(({ progress, changes }) =>
      changes.length > 0 ? { ...progress, held: reason } : progress,
    );
  }
  const byName = new Map(busy.map((each) => [each.progress.host.name, each]));
  const results = await inPhase(
    'push',
    busy.map(({ progress }) => progress.host),
    means,
    gate,
    async (host) => {
      const plan = byName.get(host.name);
      if (plan === undefined) throw new Error(`${host.name} has no plan`);
      const end = await pushPlan(plan, assignment, means);
      const ended = after(plan.progress, plan.changes, end);
      const isWell = isLast
        ? wellIn([outcomeOf(ended, assignment)]).length > 0
        : end.kind === 'done';
      if (!isWell) gate.fail([host.name]);
      return end;
    },
  );
  return planned.map(({ progress, changes }) => {
    const result = results.get(progress.host.name);
    return result === undefined ? progress : after(progress, changes, result);
  });
}

/** The hosts of the batch whose checks do not hold, as far as they can by now. */
async function unwell(
  fleet: readonly Progress[],
  batch: readonly string[],
  assignment: Assignment,
  means: Means,
): Promise<readonly string[]> {
  const outcomes = fleet.map((each) => outcomeOf(each, assignment));
  const well = new Set(wellIn(outcomes));
  const hosts = assignment.hosts.filter(({ name }) => well.has(name) && batch.includes(name));
  const { checks } = await verify({ ...assignment, hosts }, means);
  const failed = checks.filter(
    ({ status, peer }) => status === 'fail' && (peer === undefined || well.has(peer)),
  );
  return failed.map(({ host }) => host);
}

/** The hosts that are as wanted. */
export function wellIn(outcomes: readonly HostOutcome[]): readonly string[] {
  return outcomes.flatMap(({ host, outcome }) => (/^(un)?changed$/.test(outcome) ? host : []));
}

interface StagePlan {
  readonly progress: Progress;
  readonly changes: readonly PlannedChange[];
}

function planStage(progress: Progress, stage: number, assignment: Assignment): StagePlan {
  const { host, look, failure } = progress;
  if (failure !== undefined || look.kind === 'lost') return { progress, changes: [] };
  const tasks = compile(host, assignment.roles, assignment.wanted);
  const now = tasks.filter((task) => task.stage === stage && !task.isCheck);
  const plan = planFor(now, look);
  const error = plan.kind === 'refused' ? plan.error : objection(host, plan.changes, assignment);
  if (plan.kind === 'planned' && error === undefined) return { progress, changes: plan.changes };
  const refused: Failure = { outcome: 'failed', changes: progress.pushed, error: error ?? '' };
  return { progress: { ...progress, failure: refused }, changes: [] };
}

/** Why these changes go beyond what was planned; undefined: they do not. */
function objection(
  { name }: Host,
  changes: readonly PlannedChange[],
  { planned }: Assignment,
): string | undefined {
  const surplus = planned && beyond(planned.get(name) ?? [], changes);
  if (surplus === undefined) return undefined;
  return `the plan does not have what is wanted now: ${surplus.summary}; it was not done, plan again`;
}

function pushPlan(
  { progress: { host, look }, changes }: StagePlan,
  { roles, wanted }: Assignment,
  means: Means,
): Promise<PushEnd> {
  if (look.kind === 'lost') throw new Error(`${host.name} is lost and has a plan`);
  const asked = questions(compile(host, roles, wanted).filter((task) => !task.isCheck));
  return push({ host, changes, sighting: look.sighting, questions: asked }, means);
}

function after(
  progress: Progress,
  changes: readonly PlannedChange[],
  end: PushEnd | NotBegun,
): Progress {
  if (end.kind === 'not-begun') return { ...progress, held: end.reason };
  if (end.kind === 'done') {
    const look: Look = { kind: 'seen', sighting: end.sighting, span: undefined };
    return { ...progress, look, pushed: [...progress.pushed, ...changes] };
  }
  const failure = { outcome: end.outcome, changes: progress.pushed, error: end.error };
  return { ...progress, failure };
}

function alarmed(progress: Progress, alarm: string | undefined): Progress {
  if (alarm === undefined || progress.failure !== undefined) return progress;
  const failure: Failure = { outcome: 'failed', changes: progress.pushed, error: alarm };
  return { ...progress, failure };
}

function outcomeOf(progress: Progress, { roles, wanted }: Assignment): HostOutcome {
  const { host, look, pushed, failure, held } = progress;
  if (failure !== undefined) return { host: host.name, ...failure };
  if (look.kind === 'lost') throw new Error(`${host.name} is lost without a failure`);
  const tasks = compile(host, roles, wanted).filter((task) => !task.isCheck);
  const rest = planFor(tasks, look);
  if (rest.kind === 'refused') {
    return { host: host.name, outcome: 'failed', changes: pushed, error: rest.error };
  }
  if (rest.changes.length > 0 && held !== undefined) {
    const error = `${pushed.length === 0 ? 'not begun' : 'begun, and not gone on with'}: ${held}`;
    return { host: host.name, outcome: 'pending', changes: rest.changes, error };
  }
  if (rest.changes.length > 0) {
    const error = 'these changes are still wanted after the push';
    return { host: host.name, outcome: 'diverged', changes: rest.changes, error };
  }
  const outcome = pushed.length === 0 ? 'unchanged' : 'changed';
  return { host: host.name, outcome, changes: pushed, error: null };
}
