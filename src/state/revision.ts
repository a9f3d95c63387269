/** Which inventory it was: by its files, and by the commit where it is in a git checkout. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Revision } from '../model/journal-entry';

/** @param inventory the path of its directory or of its one file. */
export async function revisionOf(inventory: string): Promise<Revision> {
  const isDirectory = (await stat(inventory)).isDirectory();
  const directory = isDirectory ? inventory : path.dirname(inventory);
  const [digest, commit, changes] = await Promise.all([
    digestOf(isDirectory ? await filesIn(inventory) : [inventory], directory),
    git(directory, ['rev-parse', 'HEAD']),
    git(directory, ['status', '--porcelain', '--', inventory]),
  ]);
  return {
    digest,
    commit: commit?.trim() ?? null,
    isDirty: commit !== undefined && changes !== '',
  };
}

/**
 * The SHA-256 of every file of an inventory, by its path in it: what lies beside the one that it is,
 * as its variables and roles do, counts too.
 * @param lockFile the path of its lock, whether it exists or not.
 */
export async function fileDigests(
  inventory: string,
  lockFile: string,
): Promise<Readonly<Record<string, string>>> {
  const isDirectory = (await stat(inventory)).isDirectory();
  const directory = isDirectory ? inventory : path.dirname(inventory);
  const beside = ['group_vars', 'host_vars', 'roles'].map((name) => path.join(directory, name));
  const files = isDirectory
    ? await filesIn(inventory)
    : [inventory, lockFile, ...(await Promise.all(beside.map(filesIn))).flat()];
  const digests = await Promise.all(
    files.map(async (file): Promise<readonly [string, string][]> => {
      const digest = await readFile(file).then(sha256, () => undefined);
      return digest === undefined ? [] : [[path.relative(directory, file), digest]];
    }),
  );
  return Object.fromEntries(digests.flat());
}

/** Hidden files are those of editors and of git. */
async function filesIn(directory: string): Promise<readonly string[]> {
  const found = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const visible = found.filter(({ name }) => !name.startsWith('.'));
  const files = await Promise.all(
    visible.map(async (entry): Promise<readonly string[]> => {
      const file = path.join(directory, entry.name);
      return entry.isDirectory() ? filesIn(file) : [file];
    }),
  );
  return files.flat().sort();
}

async function digestOf(files: readonly string[], directory: string): Promise<string> {
  const whole = createHash('sha256');
  for (const file of files) {
    const text = await readFile(file).catch(() => Buffer.of());
    whole.update(`${sha256(text)}  ${path.relative(directory, file)}\n`);
  }
  return whole.digest('hex');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Undefined where it fails: there is no git, no checkout, or it is somebody else's. */
function git(directory: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      'git',
      ['-C', directory, ...args],
      // Looking takes no lock of the repository and refreshes nothing in it.
      { timeout: 5000, env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' } },
      (error, stdout) => {
        resolve(error === null ? stdout : undefined);
      },
    );
  });
}
