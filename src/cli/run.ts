/** The frame around every command: the clock, the report on stdout, the exit code. */
import { createColors } from 'picocolors';
import { type Command, exitCode, type RunOutcome } from '../model/outcome';
import { problemText } from '../model/problem';
import { rendered } from '../report/rendered';
import type { Options } from './options';
import { printText } from './print';
import { type Loaded, load, openSession, type Session } from './session';

/** What a command has found out. */
export type Findings = Pick<RunOutcome, 'hosts' | 'checks'> &
  Partial<Pick<RunOutcome, 'warnings' | 'overview' | 'exposures' | 'handshakes' | 'mesh'>>;

/** Loads the inventory, runs the command with it, prints the report; gives the exit code. */
export async function reportOn(
  command: Command,
  options: Options,
  work: (loaded: Loaded) => Promise<Findings>,
): Promise<number> {
  const startedAt = new Date();
  const loaded = await load(options);
  const isValid = loaded.kind === 'loaded';
  const findings: Findings = isValid ? await work(loaded) : { hosts: [], checks: [] };
  const run: RunOutcome = {
    command,
    inventory: isValid ? loaded.inventory.name : loaded.name,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    problems: isValid ? [] : loaded.problems,
    ...findings,
    warnings: [...(isValid ? loaded.warnings.map(problemText) : []), ...(findings.warnings ?? [])],
  };
  await print(run, options);
  return exitCode(run);
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

/** Prints an outcome as the options want it, on stdout. */
export async function print(run: RunOutcome, options: Options): Promise<void> {
  const text = rendered(run, options.format, {
    colors: createColors(options.color),
    diff: options.diff,
    commands: options.verbose,
  });
  await printText(text);
}
