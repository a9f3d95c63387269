/** The password by which users become root: asked for on the terminal, or read from a file, once. */
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Host } from '../model/host';
import { type Secret, secret } from '../model/secret';
import { asked, hasTerminal } from './hidden-prompt';
import type { Options } from './options';
import { UsageError } from './usage-error';

/**
 * Undefined where none was given, or where none of these hosts could ask for it.
 * @throws UsageError where there is nobody to ask, or nothing to read.
 */
export async function becomePassword(
  hosts: readonly Host[],
  { askBecomePass, becomePasswordFile }: Options,
): Promise<Secret | undefined> {
  const isAsking = ({ login: { become } }: Host) =>
    become?.method === 'sudo' && become.password === undefined;
  if (!hosts.some(isAsking)) return undefined;
  if (becomePasswordFile !== undefined) return fromFile(becomePasswordFile);
  if (!askBecomePass) return undefined;
  if (!hasTerminal()) {
    const right = 'give --become-password-file';
    throw new UsageError(`there is no terminal to ask for the password on: ${right}`);
  }
  return passwordIn(await asked('BECOME password: ', 'password'), '--ask-become-pass');
}

/** As Ansible reads it: a program prints it. */
async function fromFile(file: string): Promise<Secret> {
  const option = `--become-password-file ${file}`;
  try {
    const { mode } = await stat(file);
    const text =
      (mode & 0o111) === 0
        ? await readFile(file, 'utf8')
        : (await promisify(execFile)(path.resolve(file))).stdout;
    return passwordIn(text.replace(/(?:\r?\n)+$/, ''), option);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // Not its message: that of a program has what it says.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why = /^\d+$/.test(code) ? `it ended with exit code ${code}` : code;
    throw new UsageError(`${option} can't be read: ${why}`);
  }
}

function passwordIn(text: string, option: string): Secret {
  if (text === '') throw new UsageError(`${option}: the password is empty`);
  if (/[\r\n\0]/.test(text)) throw new UsageError(`${option}: a password is one line`);
  return secret(text);
}
