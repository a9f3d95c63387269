import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describedKey } from '../../src/connection/host-key';
import { defaultKnownHostsFiles, openKnownHosts } from '../../src/connection/known-hosts-files';

const key = keyOf(1);
const otherKey = keyOf(2);
let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wgpush-known-'));
  file = join(directory, '.ssh', 'known_hosts');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('the files are the ones that ssh uses', () => {
  expect(defaultKnownHostsFiles('/home/u')).toEqual([
    '/home/u/.ssh/known_hosts',
    '/etc/ssh/ssh_known_hosts',
  ]);
});

test('a missing file is an empty one', async () => {
  const known = await openKnownHosts([file, join(directory, 'none')]);
  expect(known.judge('db-1', 22, describedKey(key)).kind).toBe('unknown');
  expect(known.keyTypes('db-1', 22)).toEqual([]);
});

test('a file that is there but cannot be read stops the run', async () => {
  mkdirSync(file, { recursive: true });
  await expect(openKnownHosts([file])).rejects.toThrow(/known_hosts can't be read, so no host key/);
});

test('what any of the files says counts', async () => {
  const second = join(directory, 'second');
  writeFileSync(second, `db-1 ssh-ed25519 ${key.toString('base64')}\n`);
  const known = await openKnownHosts([file, second]);
  expect(known.judge('db-1', 22, describedKey(key)).kind).toBe('known');
  expect(known.judge('db-1', 22, describedKey(otherKey)).kind).toBe('changed');
});

test('an accepted key is known at once, and in the next run', async () => {
  const known = await openKnownHosts([file]);
  expect(known.judge('db-1', 2222, describedKey(key)).kind).toBe('unknown');
  expect((await known.accept('DB-1', 2222, key)).kind).toBe('known');
  expect(known.judge('db-1', 2222, describedKey(key)).kind).toBe('known');
  expect(known.judge('db-1', 2222, describedKey(otherKey)).kind).toBe('changed');
  expect(readFileSync(file, 'utf8')).toBe(`[db-1]:2222 ssh-ed25519 ${key.toString('base64')}\n`);
  const next = await openKnownHosts([file]);
  expect(next.judge('db-1', 2222, describedKey(key)).kind).toBe('known');
});

test('accepting a bare name is seen on its other ports too', async () => {
  const known = await openKnownHosts([file]);
  expect(known.judge('db-1', 2222, describedKey(key)).kind).toBe('unknown');
  await known.accept('db-1', 22, key);
  expect(known.judge('db-1', 2222, describedKey(key)).kind).toBe('known');
});

test('file and directory are made for the user alone', async () => {
  await (await openKnownHosts([file])).accept('db-1', 22, key);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, '.ssh')).mode & 0o777).toBe(0o700);
});

test('the mode of a file that is there stays as it is', async () => {
  mkdirSync(join(directory, '.ssh'));
  writeFileSync(file, '');
  chmodSync(file, 0o644);
  await (await openKnownHosts([file])).accept('db-1', 22, key);
  expect(statSync(file).mode & 0o777).toBe(0o644);
});

test('a last line that is not ended is ended first', async () => {
  mkdirSync(join(directory, '.ssh'));
  writeFileSync(file, '# mine');
  await (await openKnownHosts([file])).accept('db-1', 22, key);
  expect(readFileSync(file, 'utf8')).toBe(`# mine\ndb-1 ssh-ed25519 ${key.toString('base64')}\n`);
});

test('of two keys that a host shows at once, only one is accepted', async () => {
  const known = await openKnownHosts([file]);
  const verdicts = await Promise.all(
    [key, otherKey, key].map((one) => known.accept('db-1', 22, one)),
  );
  expect(verdicts.map((verdict) => verdict.kind)).toEqual(['known', 'changed', 'known']);
  expect(readFileSync(file, 'utf8').match(/^db-1/gm)).toHaveLength(1);
});

test('many hosts at once leave one whole line each', async () => {
  const known = await openKnownHosts([file]);
  const hosts = Array.from({ length: 200 }, (_, index) => `db-${String(index)}`);
  await Promise.all(hosts.map((host) => known.accept(host, 22, key)));
  expect(linesOf(file)).toEqual(
    hosts.map((host) => `${host} ssh-ed25519 ${key.toString('base64')}`).sort(),
  );
});

test('several processes that append at once leave one whole line each', async () => {
  mkdirSync(join(directory, '.ssh'));
  // The same system call as ours, from processes that start without a compiler.
  const script = `
    const { open } = require('node:fs/promises');
    (async () => {
      for (let i = 0; i < 200; i += 1) {
        const handle = await open(process.argv[1], 'a+', 0o600);
        await handle.write(Buffer.from(process.argv[2] + '-' + i + ' ' + 'x'.repeat(400) + '\\n'));
        await handle.close();
      }
    })();`;
  const run = promisify(execFile);
  const names = ['a', 'b', 'c', 'd'];
  await Promise.all(names.map((name) => run(process.execPath, ['-e', script, file, name])));
  const wanted = names.flatMap((name) =>
    Array.from({ length: 200 }, (_, index) => `${name}-${String(index)} ${'x'.repeat(400)}`),
  );
  expect(linesOf(file)).toEqual(wanted.sort());
});

test('a key that cannot be recorded is not accepted', async () => {
  writeFileSync(join(directory, '.ssh'), 'not a directory');
  const known = await openKnownHosts([join(directory, 'none')]);
  await expect(
    (await openKnownHosts([join('/proc', 'known_hosts')])).accept('db-1', 22, key),
  ).rejects.toThrow();
  expect(known.judge('db-1', 22, describedKey(key)).kind).toBe('unknown');
});

function linesOf(path: string): readonly string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1).sort();
}

function keyOf(seed: number): Buffer {
  const type = Buffer.from('ssh-ed25519');
  return Buffer.concat([
    Buffer.from([0, 0, 0, type.length]),
    type,
    Buffer.from([0, 0, 0, 32]),
    Buffer.alloc(32, seed),
  ]);
}
