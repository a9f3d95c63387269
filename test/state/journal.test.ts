/** The journal on a real disk. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JournalEntry } from '../../src/model/journal-entry';
import { historyText } from '../../src/report/history';
import { stateDirectory, stateHome } from '../../src/state/directory';
import { appendToJournal, readJournal } from '../../src/state/journal';
import { revisionOf } from '../../src/state/revision';
import { directoryOf } from '../inventory/directory';

const directory = mkdtempSync(path.join(tmpdir(), 'wgpush-journal-'));
const file = path.join(directory, 'journal.jsonl');
const settings = { largestBytes: 1024 * 1024 };

afterEach(() => {
  rmSync(file, { force: true });
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

const entry: JournalEntry = {
  startedAt: '2026-06-15T09:00:00.000Z',
  durationMs: 1234,
  by: 'alice@controller',
  command: 'drift',
  options: { forks: 50, limit: 'web' },
  inventory: 'prod',
  revision: { digest: 'a'.repeat(64), commit: 'b'.repeat(40), isDirty: true },
  exitCode: 4,
  hosts: { unchanged: ['web-1', 'web-2'], unreachable: ['web-3'] },
  failedChecks: 0,
};

test('there may be none', async () => {
  expect(await readJournal(file)).toEqual({ entries: [], unreadable: 0 });
  expect(historyText([])).toBe('No run is recorded.\n');
});

test('many runs at once each have a line, which only its owner reads', async () => {
  const entries = Array.from({ length: 50 }, (_, forks) => ({ ...entry, options: { forks } }));
  await Promise.all(entries.map((each) => appendToJournal(file, each, settings)));
  const found = await readJournal(file);
  expect(found.unreadable).toBe(0);
  expect(new Set(found.entries.map(({ options }) => options['forks'])).size).toBe(50);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a line that was cut off costs itself and no other', async () => {
  await appendToJournal(file, entry, settings);
  appendFileSync(file, JSON.stringify(entry).slice(0, 40));
  await appendToJournal(file, { ...entry, command: 'apply' }, settings);
  const { entries, unreadable } = await readJournal(file);
  expect(entries.map(({ command }) => command)).toEqual(['drift', 'apply']);
  expect(unreadable).toBe(1);
});

test('one that has grown too large begins anew, and the one before is read as well', async () => {
  for (const command of ['plan', 'apply', 'drift']) {
    await appendToJournal(file, { ...entry, command }, { largestBytes: 500 });
  }
  expect(existsSync(`${file}.1`)).toBe(true);
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2);
  expect((await readJournal(file)).entries.map(({ command }) => command)).toEqual([
    'plan',
    'apply',
    'drift',
  ]);
  rmSync(`${file}.1`);
});

test('as a table', () => {
  const broken = { ...entry, hosts: {}, error: 'no\u001b[2J', exitCode: 1 };
  expect(historyText([entry, broken])).toBe(
    `began                 command       by                revision   exit  took   hosts
2026-06-15T09:00:00Z  drift -l web  alice@controller  bbbbbbbb+  4     1.2 s  2 unchanged; unreachable: web-3
2026-06-15T09:00:00Z  drift -l web  alice@controller  bbbbbbbb+  1     1.2 s  no\\x1b[2J
`,
  );
});

test('the revision is of the files, and of the commit where there is one', async () => {
  const inventory = directoryOf({ 'hosts.yaml': 'all:', '.hosts.swp': 'x' });
  const same = directoryOf({ 'hosts.yaml': 'all:' });
  const plain = await revisionOf(inventory);
  expect(plain).toEqual({ ...(await revisionOf(same)), commit: null, isDirty: false });
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', same, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args]);
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'x');
  const clean = await revisionOf(same);
  expect(clean).toMatchObject({ digest: plain.digest, isDirty: false });
  expect(clean.commit).toMatch(/^[0-9a-f]{40}$/);
  appendFileSync(path.join(same, 'hosts.yaml'), '\n');
  const dirty = await revisionOf(same);
  expect(dirty).toMatchObject({ commit: clean.commit, isDirty: true });
  expect(dirty.digest).not.toBe(plain.digest);
});

test('the state is where the XDG base directory specification has it, unless it is said', () => {
  const home = '/home/alice';
  const none = { given: undefined, xdgStateHome: undefined, home };
  expect(stateHome(none)).toBe('/home/alice/.local/state/wgpush');
  expect(stateHome({ ...none, xdgStateHome: '/x' })).toBe('/x/wgpush');
  expect(stateHome({ ...none, xdgStateHome: 'x' })).toBe('/home/alice/.local/state/wgpush');
  expect(stateHome({ ...none, given: '/s', xdgStateHome: '/x' })).toBe('/s');
  const [one, other] = ['/a/prod', '/b/prod'].map((each) => stateDirectory(none, each));
  expect(one).not.toBe(other);
  expect(path.basename(one ?? '')).toMatch(/^prod-[0-9a-f]{12}$/);
});
