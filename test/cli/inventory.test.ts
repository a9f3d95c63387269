/** `wgpush inventory list` and `show`, as they are typed. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { listing, yamlListing } from '../../src/inventory/listing';
import { ansibleListings, ordered } from '../inventory/ansible';
import { directoryOf, load, loaded } from '../inventory/directory';
import { type Ended, runIn } from './program';

function inventory(directory: string, ...args: readonly string[]): Promise<Ended> {
  return runIn(directory, ['inventory', ...args], { PATH: process.env['PATH'] });
}

const directory = directoryOf({
  'inventory/prod/hosts.ini': `[web]
web-[1:2] ansible_user=deploy ansible_become=true

[db]
db-1 ansible_host=203.0.113.21 ansible_user=root wg_address=10.50.0.21

[all:vars]
ansible_ssh_private_key_file=/keys/id
`,
  'inventory/prod/group_vars/web.yml': 'tier: front\nlong: [1, { a: b }]\n',
  'inventory/prod/group_vars/all/vault.yml': '$ANSIBLE_VAULT;1.1;AES256\n3030\n',
  'inventory/prod/mesh.yaml': 'roles: { all: [install, wireguard] }\n',
  'inventory/prod/services.yaml': `services:
  postgres: { owner: data-team, hosts: db, port: 5432, from: [web-1] }
`,
  'inventory/prod/ignores.yaml': `ignores:
  - { id: IG-1, hosts: 'web:!web-2', role: wireguard, match: 'a"b', reason: r, owner: o, expires: 2027-03-31 }
  - { id: IG-2, hosts: db, check: SC-3, reason: r, owner: o, expires: 2020-01-01 }
`,
  'inventory/broken/hosts.ini': 'web-1 ansible_port\n',
});

test('list prints a table of the hosts, and what was passed over on stderr', async () => {
  const { code, stdout, stderr } = await inventory(directory, 'list', '-i', 'prod');
  expect(stdout).toBe(`host   addresses   login                 groups
db-1   10.50.0.21  root@203.0.113.21:22  db
web-1  10.50.0.1   deploy@web-1:22       web
web-2  10.50.0.2   deploy@web-2:22       web
`);
  expect(stderr).toMatch(/^inventory\/prod\/group_vars\/all\/vault\.yml:1:1: .* encrypted/);
  expect(code).toBe(0);
});

test('list --format json prints what ansible-inventory --list prints', async () => {
  const { code, stdout } = await inventory(directory, 'list', '-i', 'prod', '--format', 'json');
  const plain = directoryOf({
    'hosts.ini': '[web]\nweb-[1:2]\n[db]\ndb-1\n[all:vars]\na=1\n',
    'group_vars/web.yml': 'b: yes\n',
  });
  const other = await inventory(plain, 'list', '-i', '.', '--format', 'json');
  const hosts = path.join(plain, 'hosts.ini');
  expect(ordered(JSON.parse(other.stdout))).toEqual(ordered(ansibleListings([hosts]).get(hosts)));
  expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['all', 'web', 'db', '_meta']);
  expect(code).toBe(0);
});

const golden = path.join(__dirname, '../golden/ansible');
// Tags of Ansible's own have no form in YAML that is not a tag.
const cases = readdirSync(golden).filter((name) => !/vault|script-of-ansible/.test(name));

test.each(cases)('the YAML of %s says what the inventory says', async (name) => {
  const found = await load(path.join(golden, name));
  if (found.kind === 'invalid') throw new Error('it has mistakes');
  const again = await loaded({ 'hosts.yaml': yamlListing(found.groups) });
  // Which group has no hosts and no children is all that gets lost.
  expect(ordered(listing(again.groups))).toEqual(ordered(listing(found.groups)));
});

test('show tells all of a host, and where its variables come from', async () => {
  const { code, stdout } = await inventory(directory, 'show', 'web-1', '-i', 'prod');
  expect(stdout).toBe(`host        web-1
groups      all, web
roles       install, wireguard
login       deploy@web-1:22, root by sudo
key file    /keys/id
addresses   10.50.0.1
public key  not known yet
endpoint    web-1:51820
listens on  51820/udp
keepalive   none

peers
  db-1   203.0.113.21:51820  10.50.0.21/32
  web-2  web-2:51820         10.50.0.2/32

may reach
  postgres  5432/tcp  on db-1

ignored
  IG-1  changes of role wireguard with "a\\"b"  until 2027-03-31

variables
  ansible_become                true           inventory/prod/hosts.ini:2
  ansible_ssh_private_key_file  /keys/id       inventory/prod/hosts.ini:8
  ansible_user                  deploy         inventory/prod/hosts.ini:2
  long                          [1,{"a":"b"}]  inventory/prod/group_vars/web.yml:2
  tier                          front          inventory/prod/group_vars/web.yml:1
`);
  expect(code).toBe(0);
});

test('show --format json prints one document', async () => {
  const { stdout } = await inventory(directory, 'show', 'db-1', '-i', 'prod', '--format', 'json');
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'wgpush/host/v1',
    name: 'db-1',
    addresses: ['10.50.0.21'],
    publicKey: null,
    login: { host: '203.0.113.21', port: 22, become: null },
    offers: [{ name: 'postgres', ports: ['5432'], from: ['web-1'] }],
    mayReach: [],
    ignores: ['IG-2'],
    variables: [
      { name: 'ansible_host', value: '203.0.113.21', file: 'inventory/prod/hosts.ini', line: 5 },
      { name: 'ansible_ssh_private_key_file', line: 8 },
      { name: 'ansible_user', value: 'root', line: 5 },
      { name: 'wg_address', value: '10.50.0.21' },
    ],
  });
});

test('a password of the inventory is in nothing that is printed', async () => {
  const own = directoryOf({
    'inventory/prod/hosts.ini':
      'web-1 ansible_become=true ansible_become_password=4711sesame\nweb-2 ansible_host=203.0.113.2\n',
  });
  for (const format of ['text', 'json', 'yaml']) {
    for (const command of [['list'], ...(format === 'yaml' ? [] : [['show', 'web-1']])]) {
      const ended = await inventory(own, ...command, '-i', 'prod', '--format', format);
      expect(ended.code).toBe(0);
      expect(`${ended.stdout}${ended.stderr}`).not.toContain('4711sesame');
    }
  }
});

test.each([
  [['list', '-i', 'broken'], /^inventory\/broken\/hosts\.ini:1:7: a variable is NAME=VALUE/],
  [['show', 'web-9', '-i', 'prod'], /^wgpush: there is no host "web-9"; did you mean "web-1"\?$/m],
  [['show', '-i', 'prod'], /^wgpush: /],
  [['list', '-i', 'prod', '--format', 'xml'], /^wgpush: Invalid values/],
])('%j ends with exit code 1 and nothing on stdout', async (args, message) => {
  const { code, stdout, stderr } = await inventory(directory, ...args);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
  expect(code).toBe(1);
});
