/**
 * A push: a plan is carried out on one host as one script, and confirmed over a new connection; and
 * somebody stays with it until it is known what became of the host, unless all are let go of.
 */
import type { Sighting } from '../facts/questionnaire';
import type { PlannedChange } from '../model/change';
import type { Host } from '../model/host';
import type { Script } from '../model/shell';
import { isGuarded, pushScript, type Pushed, readPushed, saidBySteps } from '../plan/push-script';
import { awaitRollback, confirm } from './confirmation';
import type { Exchange } from './event';
import type { Lost, Ran, Replied } from './fleet';
import { exchangesIn, type Means, readOrLose } from './look';
import { pushError } from './push-error';

export interface PushJob {
  readonly host: Host;
  readonly changes: readonly PlannedChange[];
  /** What the changes were planned on; a host that is no longer so is left alone. */
  readonly sighting: Sighting;
  /** What it is asked before and after. */
  readonly questions: readonly Script[];
}

export type PushEnd = Extract<Pushed, { kind: 'done' }> | Lost;

/** How far a push has come, in milliseconds since 1970. */
interface Course {
  readonly beganAt: number;
  scriptEndedAt: number | undefined;
}

export async function push(job: PushJob, means: Means): Promise<PushEnd> {
  const course: Course = { beganAt: Date.now(), scriptEndedAt: undefined };
  return means.brake.orLetGo(carryOut(job, means, course), () => unconfirmed(job, course, means));
}

/** The facts are checked, the changes made, the facts asked again; then comes the confirmation. */
async function carryOut(
  { host, changes, sighting, questions }: PushJob,
  means: Means,
  course: Course,
): Promise<PushEnd> {
  const script = pushScript(changes, questions, {
    digest: sighting.digest,
    by: means.by,
    limitSeconds: Math.ceil(means.timeoutMs / 1000),
    confirmSeconds: Math.ceil(means.confirmMs / 1000),
  });
  const replied = await means.fleet.run(host, script, means.timeoutMs, {
    hear: (note) => {
      means.listen({ kind: 'host-noted', host: host.name, note });
    },
  });
  course.scriptEndedAt = Date.now();
  const { nonce } = replied;
  const pushed =
    replied.kind === 'lost'
      ? replied
      : readOrLose(() => readPushed(changes, questions, nonce, replied.reply));
  if (replied.kind === 'replied') {
    const exchanges = exchangesOf(changes, pushed, replied);
    means.listen({ kind: 'host-answered', host: host.name, exchanges });
  }
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

/** The changes that were begun, and where they all were made, the facts after them. */
function exchangesOf(
  changes: readonly PlannedChange[],
  pushed: Pushed | Lost,
  { nonce, reply }: Replied & Pick<Ran, 'nonce'>,
): readonly Exchange[] {
  const made = saidBySteps(changes, nonce, reply).map(({ change, said }): Exchange => {
    const exitCode = pushed.kind === 'failed' && pushed.change === change ? pushed.exitCode : 0;
    const asked = change.commands.map(({ text }) => text).join('\n');
    return { asked, answer: { exitCode, stdout: '', stderr: said } };
  });
  return pushed.kind === 'done' ? [...made, ...exchangesIn(pushed.sighting)] : made;
}

/** What becomes of a host by itself that is let go of. */
function unconfirmed(
  { changes }: PushJob,
  { beganAt, scriptEndedAt }: Course,
  { confirmMs, timeoutMs }: Means,
): Lost {
  const backAt = new Date((scriptEndedAt ?? beganAt + timeoutMs) + confirmMs);
  const by = `by ${backAt.toISOString().slice(11, 19)} UTC`;
  const what = isGuarded(changes)
    ? `not seen to be confirmed; it goes back by itself ${by}${scriptEndedAt === undefined ? ' at the latest' : ''}`
    : 'what the push has begun goes on there by itself';
  return { kind: 'lost', outcome: 'failed', error: `let go of: ${what}` };
}
