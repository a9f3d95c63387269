/** An inspection: hosts are asked, and what they say is compared with what is wanted. */
import { UnexpectedAnswer } from '../facts/fact';
import { type Said, seenOf } from '../facts/seen';
import type { PlannedChange } from '../model/change';
import type { Check, CheckId } from '../model/check';
import type { Host } from '../model/host';
import { type Lock, withKeys } from '../model/lock';
import type { HostOutcome } from '../model/outcome';
import type { Role } from '../model/role';
import { identify } from '../plan/identity';
import { compare, judge } from '../plan/plan';
import { compile, questions, type Task } from '../plan/task';
import type { Wanted } from '../plan/values';
import { Refusal } from '../resources/resource';
import { answersOf, type Look, lookAt, type Means } from './look';

/** What a run is about; the same for all its phases. */
export interface Assignment {
  readonly wanted: Wanted;
  readonly roles: readonly Role[];
  /** The hosts that this run touches; what is compiled for them comes from all. */
  readonly hosts: readonly Host[];
  /** What an apply is held to, by host; it is left out where whatever is wanted is done. */
  readonly planned?: ReadonlyMap<string, readonly PlannedChange[]>;
}

/** A host's plan, or why there is none. */
export type HostPlan =
  | { readonly kind: 'planned'; readonly changes: readonly PlannedChange[] }
  | { readonly kind: 'refused'; readonly error: string };

export interface Inspection {
  readonly looks: ReadonlyMap<string, Look>;
  /** With the keys that hosts have told. */
  readonly wanted: Wanted;
  /** Hosts that are not who the lock says they are, and why. */
  readonly alarms: ReadonlyMap<string, string>;
  /** In the order of the inventory; `pending` where something would change. */
  readonly outcomes: readonly HostOutcome[];
  readonly checks: readonly Check[];
}

/** Looks, and changes nothing. With `checks`, the network is asked as well, in the same script. */
export async function inspect(
  assignment: Assignment,
  means: Means,
  { checks }: { readonly checks: boolean },
): Promise<Inspection> {
  const { roles, hosts } = assignment;
  const asked = (task: Task) => checks || !task.isCheck;
  const looks = await lookAt(
    hosts,
    (host) => questions(compile(host, roles, assignment.wanted).filter(asked)),
    means,
    'gather',
  );
  const { wanted, alarms } = acquaint(assignment.wanted, looks);
  const outcomes = hosts.map((host) => {
    const tasks = compile(host, roles, wanted).filter((task) => !task.isCheck);
    return outcomeOf(host, looks.get(host.name), alarms, tasks);
  });
  const found = checks ? checksOf(assignment, looks, new Set(), (task) => task.isCheck) : [];
  return { looks, wanted, alarms, outcomes, checks: found };
}

interface Narrowing {
  readonly unreached?: ReadonlySet<string>;
  readonly serves?: CheckId;
}

/**
 * Asks the network how it works: only the tasks that verify.
 * @param unreached hosts that are left out because they could not be reached before.
 * @param serves only the tasks whose checks serve this; all where it is left out.
 */
export async function verify(
  assignment: Assignment,
  means: Means,
  { unreached = new Set(), serves }: Narrowing = {},
): Promise<Pick<Inspection, 'looks' | 'checks'>> {
  const { roles, hosts, wanted } = assignment;
  const isAsked = (task: Task) => task.isCheck && (serves ?? task.serves) === task.serves;
  const tasksOf = (host: Host) => compile(host, roles, wanted).filter(isAsked);
  const looks = await lookAt(hosts, (host) => questions(tasksOf(host)), means, 'verify');
  return { looks, checks: checksOf(assignment, looks, unreached, isAsked) };
}

/** What is wanted, once the hosts have told their keys. */
export function acquaint(
  wanted: Wanted,
  looks: ReadonlyMap<string, Look>,
): { readonly wanted: Wanted; readonly alarms: ReadonlyMap<string, string> } {
  const { learned, toCome, alarms } = identify(wanted, answersOf(looks));
  const lock: Lock = withKeys(wanted.lock, learned);
  return { wanted: { ...wanted, lock, keysToCome: toCome }, alarms };
}

/** What these tasks want of a host that was seen. */
export function planFor(tasks: readonly Task[], look: Extract<Look, { kind: 'seen' }>): HostPlan {
  try {
    return { kind: 'planned', changes: compare(tasks, look.sighting.answers) };
  } catch (error) {
    if (!(error instanceof UnexpectedAnswer) && !(error instanceof Refusal)) throw error;
    return { kind: 'refused', error: error.message };
  }
}

function outcomeOf(
  { name: host }: Host,
  look: Look | undefined,
  alarms: ReadonlyMap<string, string>,
  tasks: readonly Task[],
): HostOutcome {
  if (look === undefined) throw new Error(`${host} was never looked at`);
  if (look.kind === 'lost') {
    return { host, outcome: look.outcome, changes: [], error: look.error };
  }
  const alarm = alarms.get(host);
  if (alarm !== undefined) return { host, outcome: 'failed', changes: [], error: alarm };
  const plan = planFor(tasks, look);
  if (plan.kind === 'refused') return { host, outcome: 'failed', changes: [], error: plan.error };
  const outcome = plan.changes.length === 0 ? 'unchanged' : 'pending';
  return { host, outcome, changes: plan.changes, error: null };
}

function checksOf(
  { wanted, roles, hosts }: Assignment,
  looks: ReadonlyMap<string, Look>,
  before: ReadonlySet<string>,
  isAsked: (task: Task) => boolean,
): readonly Check[] {
  const isUnreached = (look: Look) => look.kind === 'lost' && look.outcome === 'unreachable';
  const now = [...looks].flatMap(([host, look]) => (isUnreached(look) ? host : []));
  const said = [...looks].flatMap(([host, look]): [string, Said][] =>
    look.kind === 'seen' ? [[host, { answers: look.sighting.answers, span: look.span }]] : [],
  );
  const seen = seenOf(new Map(said), new Set([...before, ...now]));
  return hosts.flatMap((host): readonly Check[] => {
    const look = looks.get(host.name);
    const tasks = compile(host, roles, wanted).filter(isAsked);
    if (look?.kind !== 'seen') return [];
    return judge(host.name, tasks, look.sighting.answers, seen);
  });
}
