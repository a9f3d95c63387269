/** What can't run from a schedule is refused before anything is installed. */
import { directoryOf } from '../inventory/directory';
import { runIn } from './program';

async function refusal(...args: readonly string[]): Promise<string> {
  const directory = directoryOf({
    'inventory/prod/hosts.yaml': 'all: { hosts: { a: { ansible_host: 203.0.113.1 } } }',
  });
  const { code, stderr } = await runIn(
    directory,
    ['schedule', 'install', '-i', 'prod', '--dry-run', ...args],
    { PATH: process.env['PATH'], HOME: directory },
  );
  return `${String(code)} ${stderr}`;
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
