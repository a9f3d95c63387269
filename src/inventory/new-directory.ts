/** A directory of new files: written whole or not at all, and never over anything. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from './system-error';

/**
 * Writes the files, by their paths in the directory, which must not exist yet, or be empty.
 *
 * @returns what is in the way, sorted; then nothing was written.
 * @throws what the file system says.
 */
export async function writeNewDirectory(
  directory: string,
  files: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const found = await namesIn(directory);
  if (found !== undefined && found.length > 0) return found;
  await mkdir(path.dirname(directory), { recursive: true });
  const temporary = path.join(path.dirname(directory), `.wgpush-${randomUUID()}`);
  try {
    for (const [name, text] of files) {
      const file = path.join(temporary, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text, { flag: 'wx' });
    }
    if (found === undefined) await rename(temporary, directory);
    else await moveInto(temporary, directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return [];
}

/** Undefined where there is no such directory. */
async function namesIn(directory: string): Promise<readonly string[] | undefined> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** An empty directory stays the one it is: somebody's shell may be in it. */
async function moveInto(source: string, directory: string): Promise<void> {
  const moved: string[] = [];
  try {
    for (const name of await readdir(source)) {
      await rename(path.join(source, name), path.join(directory, name));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved) await rm(path.join(directory, name), { recursive: true });
    throw error;
  }
}
