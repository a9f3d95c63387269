/** What the last drift found, kept so that the next one alerts of what is new and of nothing else. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Remembered } from '../model/deviation';

const version = 1;

/** Nothing where there was no run, or the file is none of this version: then everything is new. */
export async function readSeen(directory: string): Promise<Remembered> {
  try {
    const text = await readFile(path.join(directory, 'seen.json'), 'utf8');
    // Of this version, `writeSeen` has written it, whole.
    const value = JSON.parse(text) as Remembered & { readonly version?: unknown };
    if (value.version === version) return { present: value.present, gone: value.gone };
  } catch {
    // To alert once too often is better than not at all.
  }
  return { present: [], gone: [] };
}

/** Whole or not at all; only who has the run lock may. @throws what the file system says. */
export async function writeSeen(directory: string, seen: Remembered): Promise<void> {
  const draft = path.join(directory, '.seen.json');
  await writeFile(draft, `${JSON.stringify({ version, ...seen }, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path.join(directory, 'seen.json'));
}
