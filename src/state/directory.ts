/**
 * Where the controller keeps what it has to remember of an inventory between runs: who is at work
 * (run-lock.ts), what was done (journal.ts), and what was found the last time (seen.ts).
 *
 * It is nothing that could not be lost: hosts and the lock file beside the inventory tell all else.
 */
import { createHash } from 'node:crypto';
import { access, constants, mkdir } from 'node:fs/promises';
import path from 'node:path';

export interface StateSettings {
  /** `--state`, or else WGPUSH_STATE. */
  readonly given: string | undefined;
  /** $XDG_STATE_HOME, by the XDG base directory specification; it must be absolute to count. */
  readonly xdgStateHome: string | undefined;
  readonly home: string;
}

/** The directory of all inventories. */
export function stateHome({ given, xdgStateHome, home }: StateSettings): string {
  if (given !== undefined) return path.resolve(given);
  const isGood = xdgStateHome !== undefined && path.isAbsolute(xdgStateHome);
  return path.join(isGood ? xdgStateHome : path.join(home, '.local/state'), 'wgpush');
}

/**
 * The directory of one inventory: its name for people, and its real path so that two of one name
 * are two. @param inventory the real path of its directory or file.
 */
export function stateDirectory(settings: StateSettings, inventory: string): string {
  const key = createHash('sha256').update(inventory).digest('hex').slice(0, 12);
  return path.join(stateHome(settings), `${path.basename(inventory)}-${key}`);
}

/** Makes it, readable by its owner alone. @throws what the file system says, if it can't be written. */
export async function makeStateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await access(directory, constants.W_OK | constants.X_OK);
}
