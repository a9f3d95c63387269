/** What `--inventory` may say, and which files it means. */
import path from 'node:path';
import { directoryOf, load } from './directory';

const hosts = 'all: { hosts: { web-1: } }\n';

const directory = (): string =>
  directoryOf({
    'inventory/prod/hosts.yaml': hosts,
    'inventory/prod/mesh.yaml': 'network: { mtu: 1300 }\n',
    'inventory/stage.yaml': hosts,
    'inventory/old.yml': hosts,
    'inventory/stage.wgpush.lock.yaml':
      'version: 1\nhosts: { web-1: { addresses: [10.50.0.9] } }\n',
    'elsewhere/fleet/hosts.yaml': hosts,
    'inventory/empty/mesh.yaml': '',
  });

test.each([
  ['prod', 'prod', 'inventory/prod/wgpush.lock.yaml'],
  ['inventory/prod', 'prod', 'inventory/prod/wgpush.lock.yaml'],
  ['./inventory/prod/', 'prod', 'inventory/prod/wgpush.lock.yaml'],
  ['inventory/prod/hosts.yaml', 'prod', 'inventory/prod/wgpush.lock.yaml'],
  ['stage', 'stage', 'inventory/stage.wgpush.lock.yaml'],
  ['inventory/stage.yaml', 'stage', 'inventory/stage.wgpush.lock.yaml'],
  ['old', 'old', 'inventory/old.wgpush.lock.yaml'],
  ['elsewhere/fleet', 'fleet', 'elsewhere/fleet/wgpush.lock.yaml'],
])('--inventory %s is found, with its name and its lock', async (where, name, lockFile) => {
  const root = directory();
  expect(await load(root, where)).toMatchObject({
    kind: 'loaded',
    inventory: { name },
    lockFile: path.join(root, lockFile),
  });
});

test('a directory has its other files, a file has its lock only', async () => {
  const root = directory();
  expect(await load(root, 'prod')).toMatchObject({ inventory: { network: { mtu: 1300 } } });
  const stage = await load(root, 'stage');
  expect(stage).toMatchObject({ inventory: { network: { mtu: 1420 } } });
  expect(stage.kind === 'loaded' && stage.lock.hosts.get('web-1')?.addresses).toEqual([
    '10.50.0.9',
  ]);
});

test('an absolute path is found, and files outside are called by their whole path', async () => {
  const root = directoryOf({ 'hosts.yaml': '' });
  const found = await load(directory(), root);
  expect(found).toMatchObject({ problems: [{ file: path.join(root, 'hosts.yaml') }] });
});

test.each([
  [
    'prd',
    'there is no inventory "prd": looked for inventory/prd/hosts.yaml and inventory/prd.yaml; did you mean "prod"?',
  ],
  [
    'production-fleet',
    'there is no inventory "production-fleet": looked for inventory/production-fleet/hosts.yaml and inventory/production-fleet.yaml; known: "empty", "old", "prod", "stage"',
  ],
  [
    '../wgpush-none',
    'there is no inventory "../wgpush-none": looked for ../wgpush-none; known: "empty", "old", "prod", "stage"',
  ],
])('--inventory %s says what was looked for, and what there is', async (where, message) => {
  expect(await load(directory(), where)).toEqual({
    kind: 'invalid',
    name: where,
    problems: [{ file: where, line: 1, column: 1, message }],
  });
});

test('a directory without hosts.yaml shows the smallest one', async () => {
  const found = await load(directory(), 'empty');
  expect(found).toMatchObject({
    kind: 'invalid',
    problems: [{ file: 'inventory/empty/hosts.yaml' }],
  });
});

test('where there are no inventories, it says so', async () => {
  const found = await load(directoryOf({}), 'prod');
  expect(found).toMatchObject({
    problems: [{ message: expect.stringContaining('there is none in inventory/') as string }],
  });
});

test('an empty name is no inventory', async () => {
  expect((await load(directory(), '')).kind).toBe('invalid');
});
