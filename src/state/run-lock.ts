/**
 * One run at a time: what changes hosts and what judges them never interleave on one controller.
 *
 * Each run that waits for its turn has a file of its own, so nobody ever removes a file that
 * somebody else has just made, as it happens when a stale lock file is taken over. It writes its
 * file first and looks for others then; of two that begin at once at least one sees the other. Whoever
 * sees another that lives takes its own file back. A file whose process is gone counts for nothing
 * and is cleared away, so a run that was killed is in nobody's way.
 */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processStart } from './process-start';

/** A run that is at work. */
export interface Run {
  readonly pid: number;
  /** When it began, ISO 8601, UTC. */
  readonly since: string;
  /** `apply`. */
  readonly command: string;
  readonly user: string;
}

export type Taken =
  | { readonly kind: 'taken'; release(): Promise<void> }
  /** By another run. */
  | { readonly kind: 'held'; readonly by: Run };

interface Entry extends Run {
  readonly start: string;
}

/** Two that begin at once both step back; how often each tries again before it gives way. */
const attempts = 4;
const longestPauseMs = 100;

/** @throws what the file system says. */
export async function takeRunLock(
  directory: string,
  command: string,
  user: string,
): Promise<Taken> {
  const start = (await processStart(process.pid)) ?? 'unknown';
  const since = new Date().toISOString();
  const entry: Entry = { pid: process.pid, since, command, user, start };
  for (let attempt = 1; ; attempt += 1) {
    const file = await announce(directory, entry);
    const [other] = await othersAtWork(directory, file);
    if (other === undefined) return { kind: 'taken', release: () => rm(file, { force: true }) };
    await rm(file, { force: true });
    if (attempt === attempts) return { kind: 'held', by: other };
    await pause(Math.random() * longestPauseMs);
  }
}

/** Under its name the file is whole. */
async function announce(directory: string, entry: Entry): Promise<string> {
  const id = randomUUID();
  const file = path.join(directory, `run-${id}.lock`);
  const draft = path.join(directory, `.run-${id}`);
  await writeFile(draft, `${JSON.stringify(entry)}\n`, { flag: 'wx', mode: 0o600 });
  await rename(draft, file);
  return file;
}

async function othersAtWork(directory: string, own: string): Promise<readonly Run[]> {
  const found: Run[] = [];
  for (const name of await readdir(directory)) {
    const file = path.join(directory, name);
    if (!/^run-.*\.lock$/.test(name) || file === own) continue;
    const entry = await entryIn(file);
    if (entry !== undefined && (await processStart(entry.pid)) === entry.start) found.push(entry);
    else await rm(file, { force: true });
  }
  return found;
}

/** Undefined where it is gone by now, or the disk lost what was in it. */
async function entryIn(file: string): Promise<Entry | undefined> {
  try {
    const entry: unknown = JSON.parse(await readFile(file, 'utf8'));
    // Only `announce` makes such files, and never half of one.
    return entry as Entry;
  } catch {
    return undefined;
  }
}
