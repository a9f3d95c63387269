/** The frame around every command: the clock, the signals, the report, the exit code. */
import { type Command, exitCode, type RunOutcome } from '../model/outcome';
import { problemText } from '../model/problem';
import { Interrupted, Interruption } from './interruption';
import { type Memory, openMemory } from './memory';
import type { Options } from './options';
import { checkOutputs, deliver } from './outputs';
import { type Loaded, load, openSession, type Session } from './session';
import { UsageError } from './usage-error';

/** What a command has found out. */
export type Findings = Pick<RunOutcome, 'hosts' | 'checks'> &
  Partial<
    Pick<
      RunOutcome,
      'warnings' | 'overview' | 'exposures' | 'handshakes' | 'mesh' | 'stopped' | 'oneSided'
    >
  >;

/** Delivers a report on what was found so far; the next one begins then. */
export type Tell = (findings: Findings) => Promise<void>;

/** A run that has begun. */
export interface Run {
  readonly loaded: Loaded;
  readonly tell: Tell;
  readonly interruption: Interruption;
}

/**
 * Loads the inventory, runs the command with it, delivers the report; gives the exit code.
 * @throws UsageError where the report could go nowhere; then nothing was done.
 */
export async function reportOn(
  command: Command,
  options: Options,
  work: (run: Run) => Promise<Findings>,
): Promise<number> {
  let startedAt = new Date();
  await checkOutputs(options.outputs);
  const loaded = await load(options);
  if (loaded.kind === 'invalid') {
    const invalid = { hosts: [], checks: [], problems: loaded.problems };
    return reported(outcome(command, loaded.name, startedAt, invalid), options);
  }
  const { inventory, warnings } = loaded;
  const interruption = new Interruption();
  interruption.limit(options.runTimeout);
  try {
    // `validate` talks to no host, and so there is nothing to remember of it.
    const memory =
      command === 'validate'
        ? undefined
        : await interruption.orEnded(openMemory(command, loaded, options, startedAt));
    const outcomeOf = (findings: Findings): RunOutcome => {
      const lost = memory?.warnings ?? [];
      const all = [...warnings.map(problemText), ...lost, ...(findings.warnings ?? [])];
      return outcome(command, inventory.name, startedAt, { ...findings, warnings: all });
    };
    const tell: Tell = async (findings) => {
      await deliver(outcomeOf(findings), options);
      startedAt = new Date();
    };
    const finish = async () => outcomeOf(await work({ loaded, tell, interruption }));
    if (memory === undefined) return await reported(await finish(), options);
    return await remembered(command, options, memory, finish);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    process.stderr.write(`wgpush: ${error.message}; nothing was changed\n`);
    return 1;
  } finally {
    interruption.close();
  }
}

async function remembered(
  command: Command,
  options: Options,
  memory: Memory,
  finish: () => Promise<RunOutcome>,
): Promise<number> {
  try {
    const found = await finish();
    const run = command === 'drift' ? await memory.follow(found) : found;
    const code = Math.max(await reported(run, options), await memory.alert(run));
    return Math.max(code, await memory.record(run, code));
  } catch (error) {
    if (error instanceof UsageError || error instanceof Interrupted) {
      await memory.recordError(error.message);
    }
    throw error;
  } finally {
    await memory.close();
  }
}

function outcome(
  command: Command,
  inventory: string,
  startedAt: Date,
  findings: Findings & Partial<Pick<RunOutcome, 'problems'>>,
): RunOutcome {
  const durationMs = Date.now() - startedAt.getTime();
  const frame = { command, inventory, startedAt: startedAt.toISOString(), durationMs };
  return { ...frame, problems: [], warnings: [], ...findings };
}

async function reported(run: RunOutcome, options: Options): Promise<number> {
  const isDelivered = await deliver(run, options);
  return Math.max(exitCode(run), isDelivered ? 0 : 1);
}

/**
 * Works in a session that is closed afterwards, whatever happens.
 * @throws Interrupted, unless it was changing hosts.
 */
export async function inSession(
  { loaded, interruption }: Run,
  options: Options,
  work: (session: Session) => Promise<Findings>,
): Promise<Findings> {
  const session = await interruption.orEnded(openSession(loaded, options, interruption));
  try {
    const findings = await interruption.orEnded(work(session));
    return { ...findings, warnings: [...session.warnings, ...(findings.warnings ?? [])] };
  } finally {
    await session.close();
  }
}
