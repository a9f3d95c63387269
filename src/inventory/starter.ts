/** A new inventory: the commented starter of the package, with the schemas beside it. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { schemaComment, schemaFiles } from './published-schemas';

/** The path holds in `src/inventory` and in the bundle, `dist/cli`. */
const starter = path.join(__dirname, '../../inventory/starter');

/** Its files by their paths in the new directory. */
export async function starterFiles(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(starter)).sort();
  const files = await Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      const text = await readFile(path.join(starter, name), 'utf8');
      return [name, text.replace(/^# yaml-language-server: .*\n/, schemaLine(name))];
    }),
  );
  return new Map([...files, ...schemaFiles()]);
}

function schemaLine(file: string): string {
  return schemaComment(path.basename(file, '.yaml'));
}
