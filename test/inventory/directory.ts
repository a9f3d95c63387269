/** An inventory in a directory of its own, for one test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Loaded, loadInventory } from '../../src/inventory/load';
import { problemText } from '../../src/model/problem';
import { references } from '../../src/plan/values';
import { resources } from '../../src/resources/closed-set';

/** In the middle of the year 2026, as the cases know it. */
const today = '2026-06-15';

const made: string[] = [];

afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** Writes files by their paths in a new directory. */
export function directoryOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'wgpush-inventory-'));
  made.push(directory);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  }
  return directory;
}

export async function load(directory: string, where = '.'): Promise<Loaded> {
  return loadInventory(where, directory, resources, references, today);
}

/** Loads an inventory of these files; its mistakes fail the test. */
export async function loaded(
  files: Readonly<Record<string, string>>,
): Promise<Extract<Loaded, { kind: 'loaded' }>> {
  const found = await load(directoryOf(files));
  if (found.kind === 'loaded') return found;
  throw new Error(found.problems.map(problemText).join('\n'));
}

/** The mistakes of an inventory of these files, as a person sees them. */
export async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const found = await load(directoryOf(files));
  return found.kind === 'invalid' ? found.problems.map(problemText) : [];
}
