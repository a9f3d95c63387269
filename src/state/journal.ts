/**
 * The journal: every run that talked to hosts, a line of JSON each (https://jsonlines.org).
 *
 * Runs append to one file at the same time, so a line is one write to a file that is open for
 * appending; and one of them may be cut off in the middle by a full disk or a loss of power, so a
 * line that cannot be read is passed over and counted, and nobody writes behind it in the same line.
 */
import { access, constants, open, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { JournalEntry } from '../model/journal-entry';

export interface JournalSettings {
  /** What it may grow to before it begins anew; the one before is kept as FILE.1. */
  readonly largestBytes: number;
}

/** Can it be appended to, or made? Writes nothing. @throws what the file system says, if not. */
export async function checkJournal(file: string): Promise<void> {
  try {
    await access(file, constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await access(path.dirname(file), constants.W_OK | constants.X_OK);
  }
}

/** @throws what the file system says. */
export async function appendToJournal(
  file: string,
  entry: JournalEntry,
  { largestBytes }: JournalSettings,
): Promise<void> {
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0,
  );
  if (size > largestBytes) await rename(file, `${file}.1`);
  const handle = await open(file, 'a+', 0o600);
  try {
    await handle.write(`${(await isTorn(handle)) ? '\n' : ''}${JSON.stringify(entry)}\n`);
  } finally {
    await handle.close();
  }
}

async function isTorn(handle: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const found = await handle.stat();
  if (!found.isFile() || found.size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, found.size - 1);
  return buffer.toString() !== '\n';
}

export interface Journal {
  /** In the order they were written. */
  readonly entries: readonly JournalEntry[];
  /** Lines that are no entries. */
  readonly unreadable: number;
}

/** Both files of it; empty where there is none. @throws what the file system says else. */
export async function readJournal(file: string): Promise<Journal> {
  const texts = await Promise.all([`${file}.1`, file].map(textOf));
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
  const entries = lines.map(entryIn);
  const readable = entries.filter((entry) => entry !== undefined);
  return { entries: readable, unreadable: entries.length - readable.length };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function entryIn(line: string): JournalEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isEntry = typeof value === 'object' && value !== null && 'startedAt' in value;
    // Whatever has a start was written above.
    return isEntry ? (value as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}
