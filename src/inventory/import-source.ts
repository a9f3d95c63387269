/** What an inventory can be imported from: wg-quick(8) configurations, or an inventory of Ansible's. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { distinct, type Problem } from '../model/problem';
import { importAnsible } from './ansible-import';
import { readHostsSource } from './hosts-source';
import { type Imported, importedFiles, mistakesIn } from './imported';
import { locate } from './inventory-files';
import { finish, type Finished } from './reading';
import { readVariableFiles } from './variable-files';
import { parseWgQuick } from './wg-quick-file';
import type { HostConfig } from './wg-quick-host';
import { importWgQuick } from './wg-quick-import';
import { readText } from './yaml-file';

export type Import =
  | {
      readonly kind: 'imported';
      /** The files of the new inventory, by their paths in it. */
      readonly files: ReadonlyMap<string, string>;
      /** What is not carried over. */
      readonly notes: readonly Problem[];
    }
  | { readonly kind: 'failed'; readonly problems: readonly Problem[]; readonly why: string };

/**
 * @param source a path: a `.conf` file, a directory of them, or what `--inventory` takes.
 * @param directory where wgpush runs.
 * @param today `YYYY-MM-DD`, in UTC.
 */
export async function importFrom(
  source: string,
  directory: string,
  today: string,
): Promise<Import> {
  const configs = await configsIn(path.resolve(directory, source));
  const read =
    configs.length > 0
      ? await fromWgQuick(configs, directory)
      : await fromAnsible(source, directory);
  if (read.value === undefined) {
    return { kind: 'failed', problems: read.problems, why: `${source} cannot be read` };
  }
  const files = importedFiles(read.value);
  const mistakes = mistakesIn(files, directory, today);
  if (mistakes.length > 0) {
    const why = 'what would be written has mistakes';
    return { kind: 'failed', problems: [...read.problems, ...mistakes], why };
  }
  return { kind: 'imported', files, notes: read.problems };
}

/** Paths of configurations, by the names of the hosts. */
async function configsIn(source: string): Promise<readonly string[]> {
  const found = await stat(source).catch(() => undefined);
  if (found === undefined) return [];
  if (!found.isDirectory()) return source.endsWith('.conf') ? [source] : [];
  const names = (await readdir(source)).filter((name) => name.endsWith('.conf'));
  return names.sort().map((name) => path.join(source, name));
}

async function fromWgQuick(
  paths: readonly string[],
  directory: string,
): Promise<Finished<Imported | undefined>> {
  const configs: HostConfig[] = [];
  const problems: Problem[] = [];
  for (const file of paths) {
    const read = await readText(file, path.relative(directory, file), parseWgQuick);
    problems.push(...(read?.problems ?? []));
    if (read?.root !== undefined) {
      configs.push({ host: path.basename(file, '.conf'), root: read.root });
    }
  }
  // A line that is none of wg-quick's may be the one that counts.
  if (problems.length > 0) return { value: undefined, problems };
  return finish(importWgQuick(configs));
}

async function fromAnsible(
  source: string,
  directory: string,
): Promise<Finished<Imported | undefined>> {
  const located = await locate(source, directory);
  if (located.kind === 'missing') return { value: undefined, problems: [located.problem] };
  const { hosts } = located.files;
  const nameOf = (file: string): string => path.relative(directory, file);
  const read = await readHostsSource(hosts, nameOf(hosts));
  const variables = await readVariableFiles(path.dirname(hosts), nameOf);
  const missing: Problem = {
    file: nameOf(hosts),
    line: 1,
    column: 1,
    message: 'there is no such file',
  };
  if (read?.root === undefined) return { value: undefined, problems: read?.problems ?? [missing] };
  const { value, problems } = finish(importAnsible(read.root, variables, directory));
  return { value, problems: distinct([...read.problems, ...variables.warnings, ...problems]) };
}
