/** What lies in an inventory's directory, looks as if it were part of it, and would not be read. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { distance } from 'fastest-levenshtein';
import type { Problem } from '../model/problem';
import { fileNames, hostsNames } from './inventory-files';
import { shown } from './wording';

/** A rule that stands in `service.yaml` would be missed without a word. */
export async function strayFiles(
  directory: string,
  nameOf: (path: string) => string,
): Promise<readonly Problem[]> {
  const names = await readdir(directory).catch((): string[] => []);
  return names.toSorted().flatMap((name) => {
    const message = messageOf(name, names);
    const file = nameOf(path.join(directory, name));
    return message === undefined ? [] : [{ file, line: 1, column: 1, message }];
  });
}

function messageOf(name: string, names: readonly string[]): string | undefined {
  if (name === 'group_vars' || name === 'host_vars') return undefined;
  if (hostsNames.includes(name)) {
    const other = hostsNames.find((known) => names.includes(known));
    const message = 'the hosts are in two files; keep this one, or';
    return other === undefined || other === name ? undefined : `${message} ${shown(other)}`;
  }
  if (fileNames.some((known) => known === name)) return undefined;
  const stem = /^(.+)\.ya?ml$/.exec(name)?.[1];
  const meant = ['hosts.yaml', ...fileNames].find((known) =>
    isNear(stem ?? '', known.replace(/\.yaml$/, '')),
  );
  // `hosts.yaml` and `host.yaml` side by side may both be meant.
  if (meant === undefined || (names.includes(meant) && !name.endsWith('.yml'))) return undefined;
  return `this file is not read; did you mean ${shown(meant)}?`;
}

function isNear(stem: string, known: string): boolean {
  return distance(stem, known) <= 1;
}
