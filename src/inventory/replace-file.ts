/** A file that is replaced whole or not at all, whatever happens meanwhile. */
import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * The text is on the disk before it bears the name.
 * @param mode who may read it, as far as the umask allows.
 * @throws what the file system says.
 */
export async function replaceFile(
  file: string,
  text: string,
  { mode = 0o666 }: { readonly mode?: number } = {},
): Promise<void> {
  // A link stays a link, and what it points at is replaced.
  const target = await realpath(file).catch(() => file);
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}`);
  try {
    await writeThrough(temporary, text, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  // The new name itself is on the disk only when its directory is.
  const directory = await open(path.dirname(target), 'r');
  await directory.sync().finally(() => directory.close());
}

async function writeThrough(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(file, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
