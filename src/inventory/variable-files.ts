/**
 * `group_vars/` and `host_vars/` beside a hosts file, as Ansible reads them: `group_vars/web`,
 * `web.yml`, `web.yaml` or `web.json`, the first of these that there is; a directory stands for all
 * files in it, in the order of their names.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../model/problem';
import { ansibleScalar } from './ansible-scalar';
import { startOf } from './file-start';
import { parseYaml, readText, unreadable, type YamlFile } from './yaml-file';

/** By the name of a group or a host; of several files the later counts more. */
export type FilesByName = ReadonlyMap<string, readonly YamlFile[]>;

export interface VariableFiles {
  readonly groups: FilesByName;
  readonly hosts: FilesByName;
  /** What is passed over and should be known. */
  readonly warnings: readonly Problem[];
}

export const noVariableFiles: VariableFiles = {
  groups: new Map(),
  hosts: new Map(),
  warnings: [],
};

/** In the order in which they are looked for. */
const endings = ['', '.yml', '.yaml', '.json'];

const deepest = 16;
/** More than a fleet of ten thousand hosts has. */
const mostFiles = 50_000;

/** @param nameOf what messages call a path. */
export async function readVariableFiles(
  directory: string,
  nameOf: (path: string) => string,
): Promise<VariableFiles> {
  const reader = new Reader(nameOf);
  const groups = await reader.filesIn(path.join(directory, 'group_vars'));
  const hosts = await reader.filesIn(path.join(directory, 'host_vars'));
  return { groups, hosts, warnings: reader.warnings };
}

/** The name of the group or host that a file or directory is for. */
export function entityOf(file: string): string {
  const ending = path.extname(file);
  return endings.includes(ending) ? file.slice(0, file.length - ending.length) : file;
}

class Reader {
  readonly warnings: Problem[] = [];
  private count = 0;

  constructor(private readonly nameOf: (path: string) => string) {}

  async filesIn(directory: string): Promise<FilesByName> {
    const found = new Map<string, readonly YamlFile[]>();
    const names = new Set((await readdir(directory).catch(() => [])).filter(isVisible));
    for (const entity of new Set([...names].map(entityOf).sort())) {
      const [first, ...others] = endings
        .map((ending) => `${entity}${ending}`)
        .filter((name) => names.has(name))
        .map((name) => path.join(directory, name));
      if (first === undefined) continue;
      for (const other of others) {
        this.warn(other, `this is not read, because ${this.nameOf(first)} comes first for Ansible`);
      }
      found.set(entity, await this.read(first, { depth: 0, anyEnding: true }));
    }
    return found;
  }

  private async read(
    file: string,
    { depth, anyEnding }: { readonly depth: number; readonly anyEnding: boolean },
  ): Promise<readonly YamlFile[]> {
    const ending = path.extname(file);
    const kind = await stat(file).catch(() => undefined);
    if (kind?.isDirectory() === true) {
      // Inside of a directory, Ansible takes no other with an ending in its name.
      if (!anyEnding && ending !== '') return [];
      if (depth === deepest) return [this.tooMuch(file, 'it is nested too deeply')];
      const files: YamlFile[] = [];
      const names = (await readdir(file)).filter(isVisible).sort();
      for (const name of names) {
        const below = { depth: depth + 1, anyEnding: false };
        files.push(...(await this.read(path.join(file, name), below)));
      }
      return files;
    }
    if (!anyEnding && !endings.includes(ending)) return [];
    this.count += 1;
    if (this.count > mostFiles) return [this.tooMuch(file, 'there are too many of them')];
    const found = await this.readFile(file);
    return found === undefined ? [] : [found];
  }

  private async readFile(file: string): Promise<YamlFile | undefined> {
    const name = this.nameOf(file);
    if (await isVaulted(file)) {
      const right = 'what wgpush needs must be written in the clear';
      this.warn(file, `this file is encrypted by Ansible Vault and is not read; ${right}`);
      return undefined;
    }
    return readText(file, name, (called, bytes) =>
      parseYaml(called, bytes, { plainScalar: ansibleScalar }),
    );
  }

  private tooMuch(file: string, why: string): YamlFile {
    return unreadable(this.nameOf(file), `these variables are not read: ${why}`);
  }

  private warn(file: string, message: string): void {
    this.warnings.push({ file: this.nameOf(file), line: 1, column: 1, message });
  }
}

/** Hidden files and backups are passed over, as Ansible does. */
function isVisible(name: string): boolean {
  return !name.startsWith('.') && !name.endsWith('~');
}

const vaultMark = '$ANSIBLE_VAULT;';

async function isVaulted(file: string): Promise<boolean> {
  return (await startOf(file, vaultMark.length)) === vaultMark;
}
