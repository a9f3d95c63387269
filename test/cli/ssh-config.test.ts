/** The ssh configuration, as the commands look at it. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { optionsOf } from '../../src/cli/options';
import { jobOf } from '../../src/cli/schedule-job';
import { load } from '../../src/cli/session';
import { newKey } from '../connection/sshd';
import { directoryOf } from '../inventory/directory';
import { runIn } from './program';

jest.setTimeout(60_000);

const directory = directoryOf({
  'inventory/prod/hosts.yaml': 'all: { hosts: { box: { wg_endpoint: 203.0.113.1 } } }',
  '.ssh/config': 'Host box\n  HostName 127.0.0.1\n  Port 9\n  StrictHostKeyChecking no\n',
  other: 'Host box\n  HostName 127.0.0.1\n  Port 7\n',
  broken: 'Host box\n  Bogus yes\n',
});
newKey(path.join(directory, '.ssh/id_ed25519'), 'ed25519');
const env = { PATH: process.env['PATH'], HOME: directory };

test.each([
  [[], 4, /connection to 127\.0\.0\.1:9 refused/],
  [['--ssh-config', 'other'], 4, /connection to 127\.0\.0\.1:7 refused/],
  [['--ssh-config', 'none'], 4, /the name box (?:does not resolve|could not be resolved)/],
  [['--ssh-config', 'missing'], 1, /--ssh-config missing can't be read: ENOENT/],
  [
    ['--ssh-config', 'broken'],
    1,
    /ssh configuration can't be followed:\n {2}box: ssh -G box fails: /,
  ],
])('%j ends with exit code %s', async (args, expected, message) => {
  const { code, stdout, stderr } = await runIn(directory, ['plan', '-i', 'prod', ...args], env);
  expect(stdout + stderr).toMatch(message);
  expect(code).toBe(expected);
});

test('that host keys are to be trusted blindly is told, and not done', async () => {
  const { stdout, stderr } = await runIn(directory, ['plan', '-i', 'prod'], env);
  expect(stdout + stderr).toMatch(
    /StrictHostKeyChecking is off in the ssh configuration \(box\): host keys are verified/,
  );
});

test('a command that visits no host does not ask ssh', async () => {
  const marked = path.join(directory, 'asked');
  const program = path.join(directory, 'bin/ssh');
  mkdirSync(path.dirname(program));
  writeFileSync(program, `#!/bin/sh\n: >${marked}\nexit 1\n`);
  chmodSync(program, 0o755);
  const own = { ...env, PATH: `${path.dirname(program)}:${env.PATH ?? ''}` };
  for (const command of [['validate'], ['inventory', 'list'], ['inventory', 'graph']]) {
    expect((await runIn(directory, [...command, '-i', 'prod'], own)).code).toBe(0);
  }
  expect(existsSync(marked)).toBe(false);
  await runIn(directory, ['plan', '-i', 'prod'], own);
  expect(existsSync(marked)).toBe(true);
});

test.each([
  ['own', path.resolve('own')],
  ['none', 'none'],
])('a schedule has its --ssh-config %s at each run', async (sshConfig, expected) => {
  const inventory = path.join(directory, 'inventory/prod');
  const options = optionsOf({ inventory, sshConfig, state: directory });
  const loaded = await load(options);
  if (loaded.kind === 'invalid') throw new Error('it has mistakes');
  const { command } = await jobOf(loaded, options, { cron: true });
  expect(command.join(' ')).toContain(`--ssh-config ${expected} `.trim());
});
