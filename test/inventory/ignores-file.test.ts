/** ignores.yaml: which hosts and which findings a rule is about. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loaded } from './directory';

const hosts = `
all:
  children:
    web: { hosts: { web-2: , web-1: } }
    db: { hosts: { db-1: } }
    empty:
`;

async function rule(text: string) {
  const { inventory } = await loaded({
    'hosts.yaml': hosts,
    'ignores.yaml': `ignores:\n  - { id: IG-1, reason: r, owner: o, expires: 2020-01-01, ${text} }\n`,
  });
  return inventory.ignores[0];
}

test.each([
  ['web', ['web-1', 'web-2']],
  ['[db, web-2]', ['db-1', 'web-2']],
  ["'web:!web-1'", ['web-2']],
  ['[all, "!web"]', ['db-1']],
  ["'web[0]'", ['web-2']],
  ["'*-1'", ['db-1', 'web-1']],
  ['empty', []],
  ["'empty:!web'", []],
  ["'web:&empty'", []],
  ["'web:!empty'", ['web-1', 'web-2']],
])('hosts: %s', async (text, names) => {
  expect((await rule(`hosts: ${text}, check: SC-2`))?.hosts).toEqual(names);
});

test.each([
  ['check: INV-3', { kind: 'checks', id: 'INV-3' }],
  ['role: firewall', { kind: 'changes', role: 'firewall', resource: undefined }],
  ['resource: file', { kind: 'changes', role: undefined, resource: 'file' }],
  ['role: firewall, resource: file', { kind: 'changes', role: 'firewall', resource: 'file' }],
])('{ %s } names something', async (text, names) => {
  const match = '8080';
  expect(await rule(`hosts: web, match: '8080', ${text}`)).toMatchObject({ names, match });
});

test('without match a rule has none', async () => {
  expect((await rule('hosts: web, check: SC-2'))?.match).toBeUndefined();
});

test('rules are sorted by their ids', async () => {
  const line = (id: string) =>
    `  - { id: ${id}, hosts: web, check: SC-2, reason: r, owner: o, expires: 2027-03-31 }\n`;
  const { inventory } = await loaded({
    'hosts.yaml': hosts,
    'ignores.yaml': `ignores:\n${line('IG-2')}${line('IG-1')}`,
  });
  expect(inventory.ignores.map(({ id }) => id)).toEqual(['IG-1', 'IG-2']);
});

test.each(['ignores:\n', '', '# none\n'])('%j ignores nothing', async (text) => {
  const { inventory } = await loaded({ 'hosts.yaml': hosts, 'ignores.yaml': text });
  expect(inventory.ignores).toEqual([]);
});

test('a role of the inventory itself can be named', async () => {
  const { inventory } = await loaded({
    'hosts.yaml': hosts,
    'mesh.yaml': 'roles: { web: [banner] }\n',
    'roles/banner/role.yaml':
      'description: d\ntasks:\n  - file: { path: /etc/issue.net, content: Hello. }\n',
    'ignores.yaml':
      'ignores:\n  - { id: IG-1, hosts: web, role: banner, reason: r, owner: o, expires: 2027-03-31 }\n',
  });
  expect(inventory.ignores[0]?.names).toMatchObject({ role: 'banner' });
});

test('the example of the README is one', async () => {
  const readme = readFileSync(path.join(__dirname, '../../README.md'), 'utf8');
  const [, text = ''] = /```yaml\n(# ignores\.yaml\n[^`]+)```/.exec(readme) ?? [];
  const { inventory } = await loaded({ 'hosts.yaml': hosts, 'ignores.yaml': text });
  expect(inventory.ignores).toMatchObject([{ id: 'IG-001', match: '8080' }]);
});
