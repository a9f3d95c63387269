/** What runs leave on the controller, with the program as it is shipped and a host that is down. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JournalEntry } from '../../src/model/journal-entry';
import { processStart } from '../../src/state/process-start';
import { directoryOf } from '../inventory/directory';
import { checkReport } from '../report-schema';

const program = path.join(__dirname, '../../bin/wgpush');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const down = (number: number) => `ansible_host: 127.0.0.${String(number)}, ansible_port: 1`;

function fresh(): string {
  return directoryOf({
    'inventory/prod/hosts.yaml': `all: { hosts: { a: { ${down(1)} }, b: { ${down(2)} } } }`,
  });
}

function wgpush(directory: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child: ChildProcess = spawn(process.execPath, [program, ...args], {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: directory, WGPUSH_STATE: path.join(directory, 's') },
    });
    const [stdout, stderr]: [string[], string[]] = [[], []];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(String(chunk)));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(String(chunk)));
    child.once('close', (code) => {
      resolve({ code, stdout: stdout.join(''), stderr: stderr.join('') });
    });
  });
}

/** The one state directory. */
function stateIn(directory: string): string {
  const [name = ''] = readdirSync(path.join(directory, 's'));
  return path.join(directory, 's', name);
}

test('every run that talks to hosts is in the history, and leaves no lock', async () => {
  const directory = fresh();
  expect((await wgpush(directory, 'validate', '-i', 'prod')).code).toBe(0);
  expect((await wgpush(directory, 'plan', '-i', 'prod', '-l', 'a')).code).toBe(4);
  expect((await wgpush(directory, 'drift', '-i', './inventory/prod')).code).toBe(4);
  const { code, stdout } = await wgpush(directory, 'history', '-i', 'prod', '--format', 'json');
  expect(code).toBe(0);
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalEntry);
  expect(entries).toMatchObject([
    { command: 'plan', options: { limit: 'a' }, exitCode: 4, hosts: { unreachable: ['a'] } },
    { command: 'drift', exitCode: 4, hosts: { unreachable: ['a', 'b'] }, inventory: 'prod' },
  ]);
  expect(entries[0]?.revision).toEqual(entries[1]?.revision);
  expect(readdirSync(stateIn(directory)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  const last = await wgpush(directory, 'history', '-i', 'prod', '-n', '1');
  expect(last.stdout).toMatch(/^began.*\n.* drift .* 4 .*unreachable: a, b\n$/);
});

test('a drift gives way to another run and says whose it is; an apply waits for its end', async () => {
  const directory = fresh();
  await wgpush(directory, 'plan', '-i', 'prod');
  const other = spawn('sleep', ['60']);
  const pid = other.pid ?? 0;
  const entry = { pid, since: '2026-06-15T09:00:00.000Z', command: 'apply', user: 'bob' };
  const file = path.join(stateIn(directory), 'run-other.lock');
  writeFileSync(file, JSON.stringify({ ...entry, start: await processStart(pid) }));
  const who = `apply by bob, process ${String(pid)}, since 2026-06-15T09:00:00.000Z`;
  const { code, stdout, stderr } = await wgpush(directory, 'drift', '-i', 'prod');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`another run is at work on this inventory: ${who}\n`);
  const waiting = wgpush(directory, 'apply', '-i', 'prod', '--yes');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  other.kill('SIGKILL');
  const applied = await waiting;
  expect(applied.stderr).toContain(`${who}; waiting for it to end`);
  expect(applied.code).toBe(4);
});

describe('where nothing can be written', () => {
  const nowhere = ['--state', 'inventory/prod/hosts.yaml'] as const;

  test.each([
    ['apply', '--yes'],
    ['rollback', '--limit', 'a'],
  ])('%s does nothing', async (...command) => {
    const run = await wgpush(fresh(), ...command, '-i', 'prod', ...nowhere);
    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toMatch(/^wgpush: \S+hosts\.yaml\S* cannot be written \(ENOTDIR\); --state/);
  });

  test('nor does an apply that could write no line into its journal', async () => {
    const journal = ['--journal', 'nowhere/journal'];
    const run = await wgpush(fresh(), 'apply', '--yes', '-i', 'prod', ...journal);
    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toMatch(/^wgpush: nowhere\/journal cannot be written \(ENOENT\)/);
  });

  const unsaid = expect.stringMatching(
    /hosts\.yaml\S* cannot be written \(ENOTDIR\); .*; the history will not tell of this run$/,
  ) as string;
  const unknown = expect.stringMatching(
    /; what is new since the last drift can't be told, and no other run is kept away meanwhile$/,
  ) as string;

  test.each([
    [['plan'], [unsaid]],
    [['apply', '--dry-run'], [unsaid]],
    [['verify'], [unsaid]],
    [['status'], [unsaid]],
    [['drift'], [unknown, unsaid]],
  ])('%p looks all the same, and says what is lost', async (command, warnings) => {
    const run = await wgpush(fresh(), ...command, '-i', 'prod', ...nowhere, '--format', 'json');
    const document: unknown = JSON.parse(run.stdout);
    checkReport(document);
    expect(document).toMatchObject({ exitCode: 4, summary: { unreachable: 2 }, warnings });
    expect(document).not.toHaveProperty('drifting');
    expect(run.code).toBe(4);
  });

  test('a drift alerts of all that it finds, every time, and has a journal elsewhere', async () => {
    const directory = fresh();
    const alert = ['--on-drift', 'cat >/dev/null; echo "$WGPUSH_NEW $WGPUSH_RESOLVED" >>calls'];
    const args = [...nowhere, '--journal', 'journal', ...alert];
    for (let time = 0; time < 2; time += 1) {
      const { code, stdout, stderr } = await wgpush(directory, 'drift', '-i', 'prod', ...args);
      expect([code, stdout]).toEqual([4, expect.not.stringContaining('the history')]);
      expect(stderr).toContain('--on-drift: that it was run cannot be written down');
    }
    expect(readFileSync(path.join(directory, 'calls'), 'utf8')).toBe('2 0\n2 0\n');
    const journal = readFileSync(path.join(directory, 'journal'), 'utf8');
    expect(journal.trimEnd().split('\n')).toHaveLength(2);
  });
});

test('--on-drift is run for what is new, again if it fails, and once if it does not', async () => {
  const directory = fresh();
  const drift = async (command: string) => {
    const { code, stderr } = await wgpush(directory, 'drift', '-i', 'prod', '--on-drift', command);
    expect(code).toBe(4);
    return stderr;
  };
  expect((await wgpush(directory, 'drift', '-i', 'prod')).stdout).toContain('2 new\n');
  expect(await drift('exit 3')).toContain('--on-drift: it ended with exit code 3; it is run again');
  const note = 'cat >>documents; echo "$WGPUSH_INVENTORY $WGPUSH_EXIT_CODE $WGPUSH_NEW" >>calls';
  await drift(note);
  await drift(note);
  expect(readFileSync(path.join(directory, 'calls'), 'utf8')).toBe('prod 4 2\n');
  const document: unknown = JSON.parse(readFileSync(path.join(directory, 'documents'), 'utf8'));
  checkReport(document);
  expect(document).toMatchObject({ drifting: [{ state: 'known' }, { state: 'known' }] });
});
