/**
 * Texts beside a role, which its tasks name in place of writing them: `source: files/x.conf`.
 *
 * They are read while the inventory is, so that a missing one is a mistake and no failure of a host.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../model/problem';
import { systemErrorCode } from './system-error';
import { shown } from './wording';

const longest = 65_536;

export type RoleText =
  | { readonly kind: 'text'; readonly text: string }
  /** What is wrong with it. */
  | { readonly kind: 'mistake'; readonly message: string };

/** Reads the file that a task calls `name`, in the directory of its role. */
export async function readRoleText(directory: string, name: string): Promise<RoleText> {
  const isInside = !path.isAbsolute(name) && !name.split('/').includes('..');
  if (!isInside) return mistake(`${shown(name)} must be a path inside of the role's directory`);
  try {
    const file = path.join(directory, name);
    const found = await stat(file);
    if (!found.isFile()) return mistake(`${shown(name)} is not a regular file`);
    if (found.size > longest) {
      const size = `it has ${String(found.size)} bytes, at most ${String(longest)} are written`;
      return mistake(`${shown(name)} is too long: ${size}`);
    }
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      await readFile(file),
    );
    return { kind: 'text', text };
  } catch (error) {
    // What the decoder throws has a code as well.
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return mistake(`there is no file ${shown(name)} beside the role.yaml`);
    }
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return mistake(`${shown(name)} is not UTF-8 text: only text can be written`);
    }
    return mistake(`${shown(name)} cannot be read (${code})`);
  }
}

/** What lies in a role's directory, and nobody reads. `texts` are those that its tasks name. */
export async function strayRoleFiles(
  directory: string,
  texts: ReadonlySet<string>,
  nameOf: (file: string) => string,
): Promise<readonly Problem[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const message =
    'this file is not read: a role is its role.yaml, and the texts that its tasks name as their source';
  return found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .filter((file) => !texts.has(file) && !isAside(file))
    .toSorted()
    .map((file) => ({ file: nameOf(path.join(directory, file)), line: 1, column: 1, message }));
}

/** What everybody sees is no part of the role: its documentation, hidden files, an editor's copies. */
function isAside(file: string): boolean {
  const parts = file.split(path.sep);
  const last = parts.at(-1) ?? '';
  return (
    file === 'role.yaml' ||
    /^(README|LICENSE)(\.|$)/.test(last) ||
    last.endsWith('~') ||
    parts.some((part) => part.startsWith('.'))
  );
}

function mistake(message: string): RoleText {
  return { kind: 'mistake', message };
}
