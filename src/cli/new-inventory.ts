/** Makes the directory of a new inventory, and says how it is called from then on. */
import path from 'node:path';
import { writeNewDirectory } from '../inventory/new-directory';
import { systemErrorCode } from '../inventory/system-error';
import { UsageError } from './usage-error';

export interface NewInventory {
  /** The directory as a person would name it. */
  readonly shown: string;
  /** What `--inventory` takes. */
  readonly name: string;
}

/** @throws UsageError where the directory holds something, or can't be written. */
export async function makeInventory(
  directory: string,
  files: ReadonlyMap<string, string>,
): Promise<NewInventory> {
  const shown = path.normalize(directory).replace(/(?<=.)\/$/, '');
  const inTheWay = await written(shown, files);
  if (inTheWay.length > 0) {
    const few = inTheWay.slice(0, 5).join(', ') + (inTheWay.length > 5 ? ', …' : '');
    throw new UsageError(`${shown} is not empty, it has ${few}; nothing was written`);
  }
  const isNamed = path.dirname(shown) === 'inventory';
  return { shown, name: isNamed ? path.basename(shown) : shown };
}

async function written(
  directory: string,
  files: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  try {
    return await writeNewDirectory(path.resolve(directory), files);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new UsageError(`${directory} cannot be written (${code}); nothing was written`);
  }
}
