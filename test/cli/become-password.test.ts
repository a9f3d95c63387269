/** The password for sudo, as it is given on the command line. */
import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { optionsOf } from '../../src/cli/options';
import { jobOf } from '../../src/cli/schedule-job';
import { load } from '../../src/cli/session';
import { directoryOf } from '../inventory/directory';
import { runIn } from './program';

const directory = directoryOf({
  'inventory/prod/hosts.yaml':
    'all: { hosts: { a: { ansible_host: 127.0.0.1, ansible_port: 9, ansible_become: true } } }',
  'inventory/root/hosts.yaml':
    'all: { hosts: { a: { ansible_host: 127.0.0.1, ansible_port: 9 } } }',
  empty: '\n',
  lines: 'open\nsesame\n',
  right: 'open sesame\n',
});
for (const [name, text] of [
  ['failing', 'echo open sesame; echo open sesame >&2; exit 3'],
  ['program', 'echo open sesame'],
] as const) {
  writeFileSync(path.join(directory, name), `#!/bin/sh\n${text}\n`);
  chmodSync(path.join(directory, name), 0o755);
}
const env = { PATH: process.env['PATH'], HOME: directory, TERM: 'xterm' };
const file = '--become-password-file';

test.each([
  [['-K'], 1, /no terminal to ask for the password on: give --become-password-file/],
  [['-K', file, 'right'], 1, /--ask-become-pass and --become-password-file: give one of them/],
  [[file, 'missing'], 1, /--become-password-file missing can't be read: ENOENT/],
  [[file, 'empty'], 1, /--become-password-file empty: the password is empty/],
  [[file, 'lines'], 1, /--become-password-file lines: a password is one line/],
  [[file, 'failing'], 1, /--become-password-file failing can't be read: it ended with exit code 3/],
  [[file, 'right'], 4, /unreachable/],
  [[file, 'program'], 4, /unreachable/],
])('%j ends with exit code %s', async (args, expected, message) => {
  const { code, stdout, stderr } = await runIn(directory, ['plan', '-i', 'prod', ...args], env);
  expect(stdout + stderr).toMatch(message);
  expect(stdout + stderr).not.toContain('sesame');
  expect(code).toBe(expected);
});

test('nobody is asked where no host could ask', async () => {
  const { code } = await runIn(directory, ['plan', '-i', 'root', '-K'], env);
  expect(code).toBe(4);
});

test('a schedule has nobody to ask', async () => {
  const args = ['schedule', 'install', '-i', 'prod', '--every', '15m', '--cron', '--dry-run'];
  const { code, stderr } = await runIn(directory, [...args, '-K'], env);
  expect(stderr).toMatch(/a schedule has no terminal to ask on: --become-password-file/);
  expect(code).toBe(1);
});

test('a schedule reads the file at each run, by its whole path', async () => {
  const inventory = path.join(directory, 'inventory/prod');
  const options = optionsOf({ inventory, becomePasswordFile: 'right', state: directory });
  const loaded = await load(options);
  if (loaded.kind === 'invalid') throw new Error('it has mistakes');
  const { command } = await jobOf(loaded, options, { cron: true });
  expect(command.join(' ')).toContain(`--become-password-file ${path.resolve('right')}`);
});

/** Types on a real terminal, when the password is asked for. */
function typed(keys: string): Promise<{ readonly code: number | null; readonly screen: string }> {
  const program = path.join(__dirname, '../../bin/wgpush');
  const command = `'${process.execPath}' '${program}' plan -i prod --ask-become-pass`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], { cwd: directory, env });
  return new Promise((resolve) => {
    let screen = '';
    child.stdout.on('data', (piece: Buffer) => {
      const before = screen;
      screen += piece.toString();
      if (!before.includes('BECOME password: ') && screen.includes('BECOME password: '))
        setTimeout(() => child.stdin.write(keys), 200);
    });
    child.on('close', (code) => {
      resolve({ code, screen });
    });
  });
}

test('what is typed is not shown', async () => {
  const { code, screen } = await typed('open sesame\r');
  expect(screen).toMatch(/BECOME password: \r?\n/);
  expect(screen).toContain('unreachable');
  expect(screen).not.toMatch(/open|sesame/);
  expect(code).toBe(4);
});

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s gives none, and nothing is done', async (_, keys) => {
  const { code, screen } = await typed(keys);
  expect(screen).toContain('wgpush: no password was given');
  expect(code).toBe(1);
});
