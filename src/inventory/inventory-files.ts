/** Where an inventory's files are: a directory of them, or one hosts file. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../model/problem';
import { shown, suggestion } from './wording';

/** Paths; which of them exist is seen when they are read. */
export interface InventoryFiles {
  /** What a user calls it. */
  readonly name: string;
  /** Undefined for an inventory of one file, which has no others but the lock. */
  readonly directory: string | undefined;
  readonly hosts: string;
  readonly mesh: string | undefined;
  readonly services: string | undefined;
  readonly exceptions: string | undefined;
  readonly ignores: string | undefined;
  readonly lock: string;
  /** Where roles of its own are. */
  readonly roles: string;
}

export type Located =
  | { readonly kind: 'found'; readonly files: InventoryFiles }
  | { readonly kind: 'missing'; readonly problem: Problem };

/** Names of the files of a directory that wgpush reads. */
export const fileNames = [
  'mesh.yaml',
  'services.yaml',
  'exceptions.yaml',
  'ignores.yaml',
  'wgpush.lock.yaml',
] as const;

/** What a hosts file may be called in a directory, the one that we would write first. */
export const hostsNames: readonly string[] = ['hosts', 'inventory'].flatMap((stem) =>
  ['.yaml', '.yml', '.ini', '.json', '', '.sh', '.py'].map((ending) => `${stem}${ending}`),
);

/** @param where a name (`prod`), or the path of a directory or of a hosts file. */
export async function locate(where: string, directory: string): Promise<Located> {
  const home = path.join(directory, 'inventory');
  const isName = /^[^./][^/]*$/.test(where);
  const named = ['', '.yaml', '.yml', '.ini', '.json'].map((ending) =>
    path.join(home, `${where}${ending}`),
  );
  const candidates = [...(isName ? named : []), path.resolve(directory, where)];
  for (const candidate of where === '' ? [] : candidates) {
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isDirectory() === true) {
      return { kind: 'found', files: filesIn(candidate, await hostsFileIn(candidate)) };
    }
    if (found !== undefined) return { kind: 'found', files: filesOf(candidate) };
  }
  const known = await inventoriesIn(home);
  const looked = isName ? `inventory/${where}/hosts.yaml and inventory/${where}.yaml` : where;
  const others = known.length === 0 ? '; there is none in inventory/' : suggestion(where, known);
  const message = `there is no inventory ${shown(where)}: looked for ${looked}${others}`;
  return { kind: 'missing', problem: { file: where || 'inventory', line: 1, column: 1, message } };
}

/** The hosts file of a directory; that another one lies beside it is seen later (stray-files.ts). */
async function hostsFileIn(directory: string): Promise<string> {
  const found = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const files = new Set(found.filter((entry) => !entry.isDirectory()).map(({ name }) => name));
  return hostsNames.find((name) => files.has(name)) ?? 'hosts.yaml';
}

function filesIn(directory: string, hosts: string): InventoryFiles {
  return {
    name: path.basename(directory),
    directory,
    hosts: path.join(directory, hosts),
    mesh: path.join(directory, 'mesh.yaml'),
    services: path.join(directory, 'services.yaml'),
    exceptions: path.join(directory, 'exceptions.yaml'),
    ignores: path.join(directory, 'ignores.yaml'),
    lock: path.join(directory, 'wgpush.lock.yaml'),
    roles: path.join(directory, 'roles'),
  };
}

/** `prod/hosts.yaml` or `prod/hosts.ini` means `prod/`; any other file stands alone, with a lock of its own name. */
function filesOf(hosts: string): InventoryFiles {
  const directory = path.dirname(hosts);
  const base = path.basename(hosts);
  if (hostsNames.includes(base)) return filesIn(directory, base);
  const name = base.replace(ending, '');
  return {
    name,
    directory: undefined,
    hosts,
    mesh: undefined,
    services: undefined,
    exceptions: undefined,
    ignores: undefined,
    lock: path.join(directory, `${name}.wgpush.lock.yaml`),
    roles: path.join(directory, 'roles'),
  };
}

/** Of hosts files by any name. */
const ending = /\.(?:ya?ml|ini|json|sh|py)$/;

async function inventoriesIn(home: string): Promise<readonly string[]> {
  const found = await readdir(home, { withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => entry.isDirectory() || ending.test(entry.name))
    .filter(({ name }) => !name.endsWith('wgpush.lock.yaml') && !/^(?:group|host)_vars$/.test(name))
    .map((entry) => entry.name.replace(ending, ''));
}
