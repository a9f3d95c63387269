/** Inventories that are large, or deep, or full of mistakes still end, and soon. */
import { readLock } from '../../src/inventory/lock-file';
import { finish } from '../../src/inventory/reading';
import { parseYaml } from '../../src/inventory/yaml-file';
import { keyOf } from '../model/fleet';
import { loaded, problemsOf } from './directory';

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');

const ip = (index: number): string => `10.50.${index >> 8}.${index & 255}`;

test('a thousand hosts with addresses and services load within seconds', async () => {
  const hosts = lines(1000, (n) => `    h${n}: { wg_address: ${ip(n + 1)} }\n`);
  const services = lines(
    60,
    (n) => `  s${n}: { owner: o, hosts: all, port: ${1000 + n}, from: all }\n`,
  );
  const { inventory } = await loaded({
    'hosts.yaml': `all:\n  hosts:\n${hosts}`,
    'mesh.yaml': 'network: { subnets: [10.50.0.0/16] }\n',
    'services.yaml': `services:\n${services}`,
  });
  expect(inventory.hosts).toHaveLength(1000);
  expect(inventory.services[0]?.hosts).toHaveLength(1000);
});

test('the lock of ten thousand hosts with their keys is read within seconds', () => {
  const entry = (n: number) =>
    `  h${n}: { addresses: [${ip(n + 1)}], public_key: ${keyOf(`h${n}`)} }\n`;
  const text = `version: 1\nhosts:\n${lines(10_000, entry)}`;
  // Of the processor: the machine may have other things to do.
  const before = process.cpuUsage();
  const { root } = parseYaml('wgpush.lock.yaml', Buffer.from(text));
  if (root === undefined) throw new Error('no YAML');
  const { value, problems } = finish(readLock(root));
  expect([value.hosts.size, problems]).toEqual([10_000, []]);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(15);
});

test('groups nested ten thousand deep by their names do not end the stack', async () => {
  const groups = lines(10_000, (n) => `g${n}: { children: { g${n + 1}: } }\n`);
  const { inventory } = await loaded({ 'hosts.yaml': `${groups}g10000: { hosts: { x: } }\n` });
  expect(inventory.hosts[0]?.groups).toHaveLength(10_002);
});

test('a circle of ten thousand groups is one mistake', async () => {
  const groups = lines(10_000, (n) => `g${n}: { children: { g${(n + 1) % 10_000}: } }\n`);
  const problems = await problemsOf({ 'hosts.yaml': `${groups}all: { hosts: { x: } }\n` });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/contains itself/);
});

test('more memberships than memory should hold are a mistake', async () => {
  const groups = lines(2000, (n) => `g${n}: { children: { leaf: } }\n`);
  const hosts = lines(2000, (n) => `    x${n}:\n`);
  const problems = await problemsOf({ 'hosts.yaml': `${groups}leaf:\n  hosts:\n${hosts}` });
  expect(problems).toContain('hosts.yaml:1:1: there are more than 1000000 memberships of groups');
});

test('a subnet that is far too small is one mistake', async () => {
  const problems = await problemsOf({
    'hosts.yaml': `all:\n  hosts:\n${lines(1000, (n) => `    h${n}:\n`)}`,
  });
  expect(problems).toEqual([
    expect.stringContaining('subnet 10.50.0.0/24 has no address left for "h327", "h328"'),
  ]);
});
