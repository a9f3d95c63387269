/** The run lock, among real processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { processStart } from '../../src/state/process-start';
import { takeRunLock } from '../../src/state/run-lock';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'wgpush-state-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const take = (command = 'drift') => takeRunLock(directory, command, 'alice');

/** The file of another run, as a process that was killed would leave it. */
function leave(pid: number, start: string): void {
  const entry = { pid, since: '2026-06-15T09:00:00.000Z', command: 'apply', user: 'bob', start };
  writeFileSync(path.join(directory, 'run-other.lock'), JSON.stringify(entry));
}

function sleeper(): ChildProcess & { readonly pid: number } {
  const child = spawn('sleep', ['60']);
  // It has begun, or the test fails below.
  return child as ChildProcess & { readonly pid: number };
}

test('who has it leaves nothing behind, and the next one has it', async () => {
  for (let run = 0; run < 2; run += 1) {
    const taken = await take();
    if (taken.kind !== 'taken') throw new Error('it is held');
    expect(readdirSync(directory)).toHaveLength(1);
    await taken.release();
    expect(readdirSync(directory)).toEqual([]);
  }
});

test('a run at work is named to the others, and stays', async () => {
  const { pid, kill } = wrapped(sleeper());
  leave(pid, (await processStart(pid)) ?? '');
  const taken = await take();
  expect(taken).toMatchObject({ kind: 'held', by: { pid, command: 'apply', user: 'bob' } });
  expect(readdirSync(directory)).toEqual(['run-other.lock']);
  await kill();
  expect((await take()).kind).toBe('taken');
});

test.each<[string, (pid: number) => void]>([
  [
    'whose number another process has now',
    (pid) => {
      leave(pid, 'other-boot 1');
    },
  ],
  [
    'of no process',
    () => {
      leave(4_194_305, 'boot 1');
    },
  ],
  [
    'that lost what was in it',
    () => {
      writeFileSync(path.join(directory, 'run-x.lock'), '');
    },
  ],
])('a file %s is in nobody’s way', async (_, make) => {
  make(process.pid);
  expect((await take()).kind).toBe('taken');
  expect(readdirSync(directory)).toHaveLength(1);
});

test('of many that begin at once, never two have it', async () => {
  let atWork = 0;
  let most = 0;
  let done = 0;
  const run = async () => {
    const taken = await take();
    if (taken.kind === 'held') return;
    atWork += 1;
    most = Math.max(most, atWork);
    await new Promise((resolve) => setTimeout(resolve, 5));
    atWork -= 1;
    done += 1;
    await taken.release();
  };
  await Promise.all(Array.from({ length: 20 }, run));
  expect(most).toBe(1);
  expect(done).toBeGreaterThan(0);
});

function wrapped(child: ChildProcess & { readonly pid: number }) {
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { pid: child.pid, kill };
}
