/** The frame around every command: the clock, the report, the exit code. */
import { type Command, exitCode, type RunOutcome } from '../model/outcome';
import { problemText } from '../model/problem';
import type { Options } from './options';
import { checkOutputs, deliver } from './outputs';
import { type Loaded, load, openSession, type Session } from './session';

/** What a command has found out. */
export type Findings = Pick<RunOutcome, 'hosts' | 'checks'> &
  Partial<Pick<RunOutcome, 'warnings' | 'overview' | 'exposures' | 'handshakes' | 'mesh'>>;

/** Delivers a report on what was found so far; the next one begins then. */
export type Tell = (findings: Findings) => Promise<void>;

/**
 * Loads the inventory, runs the command with it, delivers the report; gives the exit code.
 * @throws UsageError where the report could go nowhere; then nothing was done.
 */
export async function reportOn(
  command: Command,
  options: Options,
  work: (loaded: Loaded, tell: Tell) => Promise<Findings>,
): Promise<number> {
  let startedAt = new Date();
  await checkOutputs(options.outputs);
  const loaded = await load(options);
  const isValid = loaded.kind === 'loaded';
  const outcomeOf = (findings: Findings): RunOutcome => ({
    command,
    inventory: isValid ? loaded.inventory.name : loaded.name,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    problems: isValid ? [] : loaded.problems,
    ...findings,
    warnings: [...(isValid ? loaded.warnings.map(problemText) : []), ...(findings.warnings ?? [])],
  });
  const tell: Tell = async (findings) => {
    await deliver(outcomeOf(findings), options);
    startedAt = new Date();
  };
  const nothing: Findings = { hosts: [], checks: [] };
  const run = outcomeOf(isValid ? await work(loaded, tell) : nothing);
  const isDelivered = await deliver(run, options);
  return Math.max(exitCode(run), isDelivered ? 0 : 1);
}

/** Works in a session that is closed afterwards, whatever happens. */
export async function inSession(
  loaded: Loaded,
  options: Options,
  work: (session: Session) => Promise<Findings>,
): Promise<Findings> {
  const session = await openSession(loaded, options);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
