/** What can't run from a schedule is refused before anything is installed. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { directoryOf } from '../inventory/directory';

const program = path.join(__dirname, '../../bin/wgpush');

function refusal(...args: readonly string[]): Promise<string> {
  const directory = directoryOf({
    'inventory/prod/hosts.yaml': 'all: { hosts: { a: { ansible_host: 203.0.113.1 } } }',
  });
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, 'schedule', 'install', '-i', 'prod', '--dry-run', ...args],
      { cwd: directory, env: { PATH: process.env['PATH'], HOME: directory } },
      (error, _, stderr) => {
        resolve(`${String(error?.code)} ${stderr}`);
      },
    );
  });
}

test.each<[string, readonly string[], string]>([
  ['a user who has nowhere to write', ['--user', 'nobody'], '--user nobody needs --state DIR'],
  ['an interval that leaves a remainder', ['--every', '7m'], '--every 7m: give 10s, 30s'],
  ['keys of new hosts', ['--accept-new'], 'a schedule trusts no new host key'],
  ['a crontab of somebody else', ['--user', 'nobody', '--cron'], '--user is for systemd'],
])('%s', async (_, args, message) => {
  const every = args.includes('--every') ? [] : ['--every', '15m'];
  const said = await refusal(...every, ...args);
  expect(said).toMatch(/^1 wgpush: /);
  expect(said).toContain(message);
});
