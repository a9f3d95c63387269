import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, ConnectionLost, ScriptTimeout } from '../../src/connection/connection';
import { connected, eventually, run } from './connect';
import { endsWithTest } from './endings';
import { isAlive, pidIn } from './processes';
import { type Sshd, startSshd } from './sshd';
import { startProxy } from './strange-server';

jest.setTimeout(60_000);

let sshd: Sshd;
let connection: Connection;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wgpush-time-'));
  sshd = await startSshd();
  connection = await connected(sshd);
});
afterAll(async () => {
  await connection.close();
  await sshd.stop();
  rmSync(directory, { recursive: true });
});

test('a script that takes too long is ended on the host, with its children', async () => {
  const file = join(directory, 'slow.pid');
  const startedAt = Date.now();
  const slow = run(connection, `sleep 1000 & echo $$ >${file}; echo $! >${file}.child; wait`, 1000);
  await expect(slow).rejects.toThrow(ScriptTimeout);
  await expect(slow).rejects.toThrow(/the script on 127\.0\.0\.1:\d+ did not end within 1 s/);
  expect(Date.now() - startedAt).toBeLessThan(4000);
  expect(await eventually(() => !isAlive(pidIn(file)))).toBe(true);
  expect(await eventually(() => !isAlive(pidIn(`${file}.child`)))).toBe(true);
  expect((await run(connection, 'echo on')).stdout.toString()).toBe('on\n');
});

test('a script that will not end is killed', async () => {
  const file = join(directory, 'stubborn.pid');
  const script = `trap '' TERM; echo $$ >${file}; while :; do sleep 1; done`;
  await expect(run(connection, script, 1000)).rejects.toThrow(ScriptTimeout);
  expect(await eventually(() => !isAlive(pidIn(file)))).toBe(true);
});

test('a script that itself exits with 124, in time, has not timed out', async () => {
  expect((await run(connection, 'exit 124')).exitCode).toBe(124);
});

test('a child that outlives the script and keeps its output does not hold the answer up', async () => {
  const file = join(directory, 'daemon.pid');
  const startedAt = Date.now();
  const reply = await run(connection, `sleep 1000 & echo $! >${file}; echo answer; exit 5`);
  expect(Date.now() - startedAt).toBeLessThan(6000);
  expect(reply.stdout.toString()).toBe('answer\n');
  expect(reply.exitCode).toBe(5);
  process.kill(pidIn(file));
});

test('a host that falls silent is given up when the time of the script is over', async () => {
  const proxy = endsWithTest(await startProxy(sshd.port));
  const behind = endsWithTest(await connected(sshd, proxy.port));
  const reply = run(behind, 'sleep 3; echo late', 1000);
  setTimeout(() => {
    proxy.freeze();
  }, 500);
  await expect(reply).rejects.toThrow(ScriptTimeout);
});

test('a host that asks whether we are still there is answered', async () => {
  const config = ['ClientAliveInterval 1', 'ClientAliveCountMax 1'];
  const own = endsWithTest(await startSshd({ config }));
  const other = endsWithTest(await connected(own));
  expect((await run(other, 'sleep 6; echo in')).stdout.toString()).toBe('in\n');
});

test('half a minute of silence: a script may be silent, and a host that says nothing any more is lost', async () => {
  const proxy = endsWithTest(await startProxy(sshd.port));
  const behind = endsWithTest(await connected(sshd, proxy.port));
  const quiet = run(connection, 'sleep 31; echo still here', 60_000);
  const lost = expect(run(behind, 'sleep 100', 120_000)).rejects.toThrow(ConnectionLost);
  proxy.freeze();
  expect((await quiet).stdout.toString()).toBe('still here\n');
  await lost;
}, 90_000);
