/** Whose turn it is: what changes hosts, and what judges them, wait for each other on a controller. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from '../model/outcome';
import { type Run, takeRunLock } from '../state/run-lock';
import { userName } from './operator';
import type { Options } from './options';
import { UsageError } from './usage-error';

/** How long who changes hosts waits for its turn: longer than a scheduled check takes. */
const patienceMs = 10 * 60_000;
const askAgainMs = 1000;

/**
 * Waits for its turn if need be: an apply or a rollback for a scheduled drift to end, whereas a drift
 * gives way, since the next one is not far. Gives what ends the turn.
 * @throws UsageError where it doesn't get it; what the file system says where nobody can have it.
 */
export async function takeTurn(
  command: Command,
  directory: string,
  { runTimeout }: Pick<Options, 'runTimeout'>,
): Promise<() => Promise<void>> {
  const longestMs = Math.min(patienceMs, (runTimeout ?? Infinity) * 1000);
  const end = Date.now() + (command === 'drift' ? 0 : longestMs);
  for (let isTold = false; ; isTold = true) {
    const taken = await takeRunLock(directory, command, userName());
    if (taken.kind === 'taken') return () => taken.release();
    const message = `another run is at work on this inventory: ${runText(taken.by)}`;
    if (Date.now() >= end) throw new UsageError(message);
    if (!isTold) process.stderr.write(`wgpush: ${message}; waiting for it to end\n`);
    await pause(askAgainMs);
  }
}

function runText({ command, user, pid, since }: Run): string {
  return `${command} by ${user}, process ${String(pid)}, since ${since}`;
}
