/**
 * An application: carries the plans of an inspection out, stage by stage.
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
import { isGuarded, pushScript, type Pushed, readPushed } from '../plan/push-script';
import { compile, questions } from '../plan/task';
import type { Wanted } from '../plan/values';
import { awaitRollback, confirm } from './confirmation';
import type { Lost } from './fleet';
import { acquaint, type Assignment, type Inspection, planFor } from './inspection';
import { inPhase, type Look, type Means, readOrLose } from './look';
import { pushError } from './push-error';
import { beyond } from './saved-plan';

export interface Application {
  /** With all keys that are known now. */
  readonly wanted: Wanted;
  /** In the order of the inventory. */
  readonly outcomes: readonly HostOutcome[];
}

/** How it stands with a host while the stages go by. */
interface Progress {
  readonly host: Host;
  readonly look: Look;
  /** What has been pushed so far. */
  readonly pushed: readonly PlannedChange[];
  /** Set once something went wrong: the host takes no part in further stages. */
  readonly failure: Failure | undefined;
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
): Promise<Application> {
  let wanted = inspection.wanted;
  let fleet = assignment.hosts.map((host) => begin(host, inspection));
  await record(wanted.lock);
  for (let stage = 0; stage <= lastStage(assignment); stage += 1) {
    fleet = await pushStage(fleet, stage, { ...assignment, wanted }, means);
    const looks = new Map(fleet.map(({ host, look }) => [host.name, look]));
    const known = acquaint(wanted, looks);
    // A key that was still to come and has not come is not waited for.
    wanted = { ...known.wanted, keysToCome: new Set() };
    fleet = fleet.map((each) => alarmed(each, known.alarms.get(each.host.name)));
    await record(wanted.lock);
  }
  return { wanted, outcomes: fleet.map((each) => outcomeOf(each, { ...assignment, wanted })) };
}

function begin(host: Host, { looks, alarms, outcomes }: Inspection): Progress {
  const look = looks.get(host.name);
  const outcome = outcomes.find((each) => each.host === host.name);
  if (look === undefined || outcome === undefined)
    throw new Error(`${host.name} was not inspected`);
  const failed = outcome.outcome === 'failed' || outcome.outcome === 'unreachable';
  const error = alarms.get(host.name) ?? outcome.error;
  const failure = failed && error !== null ? { ...outcome, error } : undefined;
  return { host, look, pushed: [], failure };
}

function lastStage({ hosts, roles, wanted }: Assignment): number {
  const stages = hosts.flatMap((host) => compile(host, roles, wanted).map((task) => task.stage));
  return Math.max(0, ...stages);
}

/** Pushes what this stage wants to every host that wants something. */
async function pushStage(
  fleet: readonly Progress[],
  stage: number,
  assignment: Assignment,
  means: Means,
): Promise<Progress[]> {
  const planned = fleet.map((each) => planStage(each, stage, assignment));
  const busy = planned.filter(({ changes }) => changes.length > 0);
  if (busy.length === 0) return planned.map(({ progress }) => progress);
  const byName = new Map(busy.map((each) => [each.progress.host.name, each]));
  const results = await inPhase(
    'push',
    busy.map(({ progress }) => progress.host),
    means.listen,
    async (host) => {
      const plan = byName.get(host.name);
      if (plan === undefined) throw new Error(`${host.name} has no plan`);
      return push(plan, assignment, means);
    },
  );
  return planned.map(({ progress, changes }) => {
    const result = results.get(progress.host.name);
    return result === undefined ? progress : after(progress, changes, result);
  });
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

type PushEnd = Extract<Pushed, { kind: 'done' }> | Lost;

/** One script: the facts are checked, the changes made, the facts asked again; then a confirmation. */
async function push(
  { progress: { host, look }, changes }: StagePlan,
  { roles, wanted }: Assignment,
  means: Means,
): Promise<PushEnd> {
  if (look.kind === 'lost') return look;
  const asked = questions(compile(host, roles, wanted).filter((task) => !task.isCheck));
  const script = pushScript(changes, asked, {
    digest: look.sighting.digest,
    by: means.by,
    limitSeconds: Math.ceil(means.timeoutMs / 1000),
    confirmSeconds: Math.ceil(means.confirmMs / 1000),
  });
  const replied = await means.fleet.run(host, script, means.timeoutMs, {
    hear: (note) => {
      means.listen({ kind: 'host-noted', host: host.name, note });
    },
  });
  const { nonce } = replied;
  const pushed =
    replied.kind === 'lost'
      ? replied
      : readOrLose(() => readPushed(changes, asked, nonce, replied.reply));
  const mustConfirm = isGuarded(changes);
  if (pushed.kind === 'done') {
    const confirmed = mustConfirm ? await confirm(host, nonce, means) : pushed;
    return confirmed.kind === 'lost' ? confirmed : pushed;
  }
  if (pushed.kind === 'lost') {
    if (mustConfirm) return awaitRollback(host, nonce, pushed, means);
    return { ...pushed, error: `${pushed.error}; what the push had done by then is not known` };
  }
  return { kind: 'lost', outcome: 'failed', error: pushError(pushed) };
}

function after(progress: Progress, changes: readonly PlannedChange[], end: PushEnd): Progress {
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
  const { host, look, pushed, failure } = progress;
  if (failure !== undefined) return { host: host.name, ...failure };
  if (look.kind === 'lost') throw new Error(`${host.name} is lost without a failure`);
  const tasks = compile(host, roles, wanted).filter((task) => !task.isCheck);
  const rest = planFor(tasks, look);
  if (rest.kind === 'refused') {
    return { host: host.name, outcome: 'failed', changes: pushed, error: rest.error };
  }
  if (rest.changes.length > 0) {
    const error = 'these changes are still wanted after the push';
    return { host: host.name, outcome: 'diverged', changes: rest.changes, error };
  }
  const outcome = pushed.length === 0 ? 'unchanged' : 'changed';
  return { host: host.name, outcome, changes: pushed, error: null };
}
