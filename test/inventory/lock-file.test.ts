/** The lock as a file: read as it was written, and replaced whole or not at all. */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { lockText, readLock, writeLock } from '../../src/inventory/lock-file';
import { finish } from '../../src/inventory/reading';
import { parseYaml } from '../../src/inventory/yaml-file';
import { type Address, address } from '../../src/model/address';
import { publicKey } from '../../src/model/key';
import { emptyLock, type Lock } from '../../src/model/lock';
import { directoryOf, load } from './directory';

const key = publicKey('HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=');
const addresses = (...texts: string[]): Address[] => texts.flatMap((text) => address(text) ?? []);

const lock: Lock = {
  hosts: new Map([
    ['web-1', { addresses: addresses('10.50.0.2', 'fd50::2'), publicKey: undefined }],
    ['db-1', { addresses: addresses('10.50.0.1', 'fd50::1'), publicKey: key }],
    ['007', { addresses: addresses('10.50.0.3', 'fd50::3'), publicKey: undefined }],
  ]),
  retired: new Map([
    ['old-1', { addresses: addresses('10.50.0.9'), publicKey: undefined, since: '2026-01-31' }],
  ]),
};

const read = (text: string) => {
  const { root } = parseYaml('wgpush.lock.yaml', Buffer.from(text));
  if (root === undefined) throw new Error('no YAML');
  return finish(readLock(root));
};

test('its text is for reviewers: sorted, one thing a line, with a word on what it is', () => {
  expect(lockText(lock)).toBe(`\
# Who each host is in the WireGuard network: its addresses and its public key.
# Written by wgpush; commit it, and review its changes. A host's key or address that changes here
# is another identity (INV-2).
version: 1
hosts:
  "007":
    addresses:
      - 10.50.0.3
      - fd50::3
  db-1:
    addresses:
      - 10.50.0.1
      - fd50::1
    public_key: HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=
  web-1:
    addresses:
      - 10.50.0.2
      - fd50::2
retired:
  old-1:
    addresses:
      - 10.50.0.9
    since: 2026-01-31
`);
});

test.each([
  ['a lock', lock],
  ['an empty lock', emptyLock],
])('%s is read as it was written', (_, written) => {
  const { value, problems } = read(lockText(written));
  expect(problems).toEqual([]);
  expect(lockText(value)).toBe(lockText(written));
  expect(value.hosts).toEqual(written.hosts);
  expect(value.retired).toEqual(written.retired);
});

test('the text depends on what the lock says, not on the order it was made in', () => {
  const other: Lock = { ...lock, hosts: new Map([...lock.hosts].reverse()) };
  expect(lockText(other)).toBe(lockText(lock));
});

test('the file is replaced, and nothing is left beside it', async () => {
  const directory = directoryOf({ 'wgpush.lock.yaml': 'version: 1\n' });
  const file = path.join(directory, 'wgpush.lock.yaml');
  await writeLock(file, lock);
  expect(readFileSync(file, 'utf8')).toBe(lockText(lock));
  expect(readdirSync(directory)).toEqual(['wgpush.lock.yaml']);
  expect(statSync(file).mode & 0o7133).toBe(0);
});

test('a link stays a link, and what it points at is replaced', async () => {
  const directory = directoryOf({ 'real/lock.yaml': '' });
  const link = path.join(directory, 'wgpush.lock.yaml');
  symlinkSync('real/lock.yaml', link);
  await writeLock(link, lock);
  expect(readFileSync(path.join(directory, 'real/lock.yaml'), 'utf8')).toBe(lockText(lock));
  expect(statSync(link).isFile()).toBe(true);
  expect(readdirSync(path.join(directory, 'real'))).toEqual(['lock.yaml']);
});

test('a failing write leaves what was there, and nothing beside it', async () => {
  const directory = directoryOf({});
  const file = path.join(directory, 'wgpush.lock.yaml');
  // A directory of that name can't be replaced by a file.
  mkdirSync(file);
  await expect(writeLock(file, lock)).rejects.toThrow(/EISDIR|EEXIST|ENOTEMPTY/);
  expect(readdirSync(directory)).toEqual(['wgpush.lock.yaml']);
  await expect(writeLock(path.join(directory, 'none/lock.yaml'), lock)).rejects.toThrow(/ENOENT/);
});

test('the loader returns the lock as the file has it, and allocates nothing', async () => {
  const directory = directoryOf({
    'hosts.yaml': 'all: { hosts: { db-1: , web-2: } }\n',
    'wgpush.lock.yaml': lockText(lock),
  });
  const found = await load(directory);
  expect(found.kind === 'loaded' && lockText(found.lock)).toBe(lockText(lock));
  expect(found).toMatchObject({ lockFile: path.join(directory, 'wgpush.lock.yaml') });
});

test('a lock of an address that the subnet no longer has is no mistake', async () => {
  const found = await load(
    directoryOf({
      'hosts.yaml': 'all: { hosts: { db-1: } }\n',
      'mesh.yaml': 'network: { subnets: [10.60.0.0/24] }\n',
      'wgpush.lock.yaml': lockText(lock),
    }),
  );
  expect(found.kind).toBe('loaded');
});
