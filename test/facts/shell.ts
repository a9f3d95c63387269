/** Runs scripts with the shells that hosts have, as a connection would: on stdin, with a nonce. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '../../src/facts/fact';
import type { Script } from '../../src/model/shell';

export interface Ended {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly exitCode: number | null;
}

/** A program and its arguments, such as `busybox sh`. */
export type Shell = readonly [string, ...(readonly string[])];

export const posixShell: Shell = ['/bin/sh'];

/** The shells that this machine has, by name. One that is missing is named on stderr. */
export function shells(): readonly (readonly [string, Shell])[] {
  const all: readonly Shell[] = [posixShell, ['busybox', 'sh'], ['bash', '--posix']];
  return all.flatMap((shell) => {
    const isThere = runWith(shell, 'exit 7', '').exitCode === 7;
    if (!isThere) process.stderr.write(`SKIPPED: there is no ${shell.join(' ')} on this machine\n`);
    return isThere ? [[shell.join(' '), shell] as const] : [];
  });
}

export function runWith(
  [command, ...args]: Shell,
  script: string,
  nonce: string,
  options: { readonly uid?: number; readonly path?: string } = {},
): Ended {
  const { output, status } = spawnSync(command, [...args, '-s', nonce], {
    input: `${script}\n`,
    maxBuffer: 64 * 1024 * 1024,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.path === undefined ? {} : { env: { PATH: options.path, LC_ALL: 'C' } }),
  });
  // There is no output where the program does not exist, whatever the types say.
  const [, stdout, stderr] = (output as typeof output | null) ?? [];
  const bytes = (of: Buffer | null | undefined) => of ?? Buffer.alloc(0);
  return { stdout: bytes(stdout), stderr: bytes(stderr), exitCode: status };
}

/** One question, asked alone and unframed. */
export function askAlone(
  question: Script,
  options: { readonly uid?: number; readonly path?: string } = {},
): Answer {
  const ended = runWith(posixShell, question.text, '', options);
  return {
    exitCode: ended.exitCode ?? -1,
    stdout: ended.stdout.toString().replace(/\n+$/, ''),
    stderr: ended.stderr.toString(),
  };
}

const directories: string[] = [];

/** A directory that is gone after the test file. */
export function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'wgpush-unit-'));
  directories.push(directory);
  return directory;
}

afterAll(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});
