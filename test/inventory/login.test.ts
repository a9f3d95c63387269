/** How a host is logged in to: become, and what the arguments of ssh say. */
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import type { Login } from '../../src/model/host';
import { loaded, problemsOf } from './directory';

function hostsWith(variables: string): string {
  return `all: { hosts: { x: { ansible_host: 203.0.113.1, ${variables} } } }\n`;
}

async function loginWith(variables: string): Promise<Login | undefined> {
  const { inventory } = await loaded({ 'hosts.yaml': hostsWith(variables) });
  return inventory.hosts[0]?.login;
}

const root = { method: 'sudo', user: 'root', password: undefined };

test.each([
  ['', undefined],
  ['ansible_become: true', root],
  ['ansible_become: yes', root],
  ['ansible_become: "1"', root],
  ['ansible_become: false', undefined],
  ['ansible_become: off, ansible_become_user: root', undefined],
  ['ansible_become_method: sudo, ansible_become_user: root', undefined],
  ['ansible_become: true, ansible_become_method: ansible.builtin.sudo', root],
  ['ansible_become: true, ansible_become_method: doas', { ...root, method: 'doas' }],
  ['ansible_become: true, ansible_become_password: ""', root],
])('{ %s } says whether root is to be become', async (variables, become) => {
  expect((await loginWith(variables))?.become).toEqual(become);
});

test.each([
  ['ansible_become_password: open sesame', 'open sesame'],
  ['ansible_become_pass: "123"', '123'],
  ['ansible_sudo_pass: a, ansible_become_pass: b, ansible_become_password: c', 'a'],
  ['ansible_become_pass: b, ansible_become_password: c', 'b'],
])('{ %s } says what sudo asks for', async (variables, password) => {
  const login = await loginWith(`ansible_become: true, ${variables}`);
  expect(login?.become?.password?.reveal()).toBe(password);
  expect(JSON.stringify(login)).toContain('"password":"(hidden)"');
});

test.each([
  ['ansible_become_password: 4711', /a password is a text of one line; .* in quotes/],
  ['ansible_become_password: "4711\\n"', /a password is a text of one line/],
  ['ansible_become_password: [4711]', /a password is a text of one line/],
  [
    'ansible_become_password: "{{ pass4711 }}"',
    /templates are not read; .* in place of the template/,
  ],
  ['ansible_become_password: !vault 4711', /encrypted by Ansible Vault, .* in the clear/],
])('a mistake in { %s } is told without the password', async (variables, message) => {
  const [problem, ...others] = await problemsOf({ 'hosts.yaml': hostsWith(variables) });
  expect(problem).toMatch(message);
  expect(problem).not.toContain('4711');
  expect(others).toEqual([]);
});

test.each([
  ['-p 2222', { port: 2222 }],
  ['-p2222', { port: 2222 }],
  ['-o Port=2222', { port: 2222 }],
  ['-oPort=2222 -o port=1', { port: 2222 }],
  ['-o "Port 2222"', { port: 2222 }],
  ['-l admin', { user: 'admin' }],
  ['-o User=admin -i /k', { user: 'admin', identityFile: '/k' }],
  ['-o IdentityFile=~/.ssh/k', { identityFile: path.join(homedir(), '.ssh/k') }],
  ['-o IdentitiesOnly=yes -i "/my key"', { identityFile: '/my key' }],
  ['-C -A -o ControlMaster=auto -o ControlPersist=60s', { port: 22 }],
  ['-o StrictHostKeyChecking=accept-new -o ConnectTimeout=5 -q', { port: 22 }],
  ['-o ForwardAgent=yes -o ServerAliveInterval=30', { port: 22 }],
])('the SSH arguments %s are followed', async (text, login) => {
  for (const name of ['ansible_ssh_common_args', 'ansible_ssh_extra_args', 'ansible_ssh_args']) {
    expect(await loginWith(`${name}: '${text}'`)).toMatchObject(login);
  }
});

test('of two arguments the one that Ansible puts first counts, as for ssh', async () => {
  const variables =
    'ansible_ssh_extra_args: -p 3, ansible_ssh_args: -p 1, ansible_ssh_common_args: -p 2';
  expect(await loginWith(variables)).toMatchObject({ port: 1 });
});

test('a variable and an argument that say the same are no mistake', async () => {
  const variables = 'ansible_port: "2222", ansible_ssh_common_args: -p 2222';
  expect(await loginWith(variables)).toMatchObject({ port: 2222 });
});

test('host keys that nobody checks are refused, with what to do in their place', async () => {
  const argument = 'ansible_ssh_common_args: -o StrictHostKeyChecking=no';
  const [problem, ...others] = await problemsOf({ 'hosts.yaml': hostsWith(argument) });
  expect(problem).toMatch(/would trust whoever answers at that address; .* --accept-new once/);
  expect(others).toEqual([]);
});

const jump = { host: 'bastion', port: 22, user: userInfo().username, identityFile: undefined };

test.each([
  ['-J bastion', [jump]],
  ['-o ProxyJump=ops@bastion:2222', [{ ...jump, user: 'ops', port: 2222 }]],
  [
    '-J "ssh://ops@[2001:db8::1]:2222"',
    [{ ...jump, host: '2001:db8::1', user: 'ops', port: 2222 }],
  ],
  [
    '-J one,root@two',
    [
      { ...jump, host: 'one' },
      { ...jump, host: 'two', user: 'root' },
    ],
  ],
  ['-o "ProxyCommand=ssh -W %h:%p -q ops@bastion"', [{ ...jump, user: 'ops' }]],
  [
    '-o "ProxyCommand=ssh -p 2222 -i /k bastion -W %h:%p"',
    [{ ...jump, port: 2222, identityFile: '/k' }],
  ],
  ['-o ProxyJump=none', []],
  ['-o ProxyJump=none -J bastion', []],
  ['-J 203.0.113.1', []],
])('the jump hosts of %s are gone through', async (text, jumps) => {
  expect((await loginWith(`ansible_ssh_common_args: '${text}'`))?.jumps).toMatchObject(jumps);
});

test('a jump host of the inventory is logged in to as it is, and not through itself', async () => {
  const { inventory } = await loaded({
    'hosts.yaml': `all:
  vars: { ansible_user: root, ansible_ssh_private_key_file: /k, ansible_ssh_common_args: -J gate }
  hosts:
    gate: { ansible_host: 203.0.113.1, ansible_port: 2222, ansible_user: ops }
    x: { ansible_host: 10.0.0.1 }
`,
  });
  const gate = { host: '203.0.113.1', port: 2222, user: 'ops', identityFile: '/k' };
  expect(inventory.hosts.map(({ login }) => login.jumps)).toMatchObject([[], [gate]]);
});

test('behind different jump hosts two hosts may have one address', async () => {
  const hosts = (one: string, other: string) => `all:
  hosts:
    x: { ansible_host: 10.0.0.1, wg_endpoint: none, ansible_ssh_common_args: -J ${one} }
    y: { ansible_host: 10.0.0.1, wg_endpoint: none, ansible_ssh_common_args: -J ${other} }
    hub: { ansible_host: 203.0.113.1 }
`;
  const mesh = { 'mesh.yaml': 'topology: { kind: hub-and-spoke, hubs: [hub] }\n' };
  expect(await problemsOf({ 'hosts.yaml': hosts('a', 'b'), ...mesh })).toEqual([]);
  expect(await problemsOf({ 'hosts.yaml': hosts('a', 'a'), ...mesh })).toHaveLength(1);
});
