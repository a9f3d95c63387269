/** What a schedule runs; and what can't run from one is refused before anything is installed. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { directoryOf } from '../inventory/directory';
import { runIn } from './program';

const hosts = 'all: { hosts: { a: { ansible_host: 203.0.113.1 } } }';

async function refusal(...args: readonly string[]): Promise<string> {
  const directory = directoryOf({ 'inventory/prod/hosts.yaml': hosts });
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
  ['keys of new hosts', ['--accept-new'], 'Unknown arguments: accept-new'],
  ['colours, which no file has', ['--color'], 'Unknown argument: color'],
  ['a crontab of somebody else', ['--user', 'nobody', '--cron'], '--user is for systemd'],
])('%s', async (_, args, message) => {
  const every = args.includes('--every') ? [] : ['--every', '15m'];
  const said = await refusal(...every, ...args);
  expect(said).toMatch(/^1 wgpush: /);
  expect(said).toContain(message);
});

test('a crontab gets the drift with all that was given, and keeps its other lines', async () => {
  const directory = directoryOf({ 'inventory/prod/hosts.yaml': hosts });
  const crontab = path.join(directory, 'crontab.txt');
  writeFileSync(crontab, '# mine\n0 4 * * * backup\n');
  const program = `#!/bin/sh\ncase $1 in -l) cat ${crontab};; -) cat >${crontab};; esac\n`;
  writeFileSync(path.join(directory, 'crontab'), program, { mode: 0o755 });
  const env = { PATH: `${directory}:${process.env['PATH'] ?? ''}`, HOME: directory };
  const schedule = (...args: readonly string[]) =>
    runIn(directory, ['schedule', ...args, '-i', 'prod'], env);
  const given = ['--no-diff', '--verbose', '--limit', 'a', '--forks', '5', '--timeout', '3'];
  const install = () =>
    schedule('install', '--cron', '--every', '1h', ...given, '-o', 'out.txt', '--format', 'text');
  expect((await install()).code).toBe(0);
  const [mine, backup, mark, line = ''] = readFileSync(crontab, 'utf8').split('\n');
  expect([mine, backup]).toEqual(['# mine', '0 4 * * * backup']);
  const prod = path.join(directory, 'inventory/prod');
  expect(mark).toBe(`# wgpush drift of ${prod}`);
  expect(line).toMatch(/^0 \*\/1 \* \* \* cd \S+ && \S+ \S+\/bin\/wgpush drift --quiet /);
  expect(line).toContain(
    `--inventory ${prod} --state ${directory}/.local/state/wgpush --forks 5 --timeout 3 ` +
      `--limit a --format text --no-diff --verbose --output ${directory}/out.txt`,
  );
  expect((await install()).stdout).toBe('unchanged\n');
  expect((await schedule('show')).stdout).toBe(`crontab      ${line}\n`);
  expect((await schedule('remove')).code).toBe(0);
  expect(readFileSync(crontab, 'utf8')).toBe('# mine\n0 4 * * * backup\n');
});
