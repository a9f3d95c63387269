/** mesh.yaml: what is written counts, and all else has its default. */
import { allocate } from '../../src/model/allocation';
import { emptyLock } from '../../src/model/lock';
import { loaded, problemsOf } from './directory';

const hosts = `
all:
  children:
    web: { hosts: { web-1: } }
    db: { hosts: { db-1: } }
`;

test.each(['', '# nothing\n', 'network:\nroles:\nfirewall:\n', 'firewall: { ssh: }\n'])(
  'a file that says nothing, %j, leaves the defaults',
  async (mesh) => {
    const { inventory } = await loaded({ 'hosts.yaml': hosts, 'mesh.yaml': mesh });
    expect(inventory.network).toMatchObject({ interface: 'wg0', mtu: 1420 });
    expect(inventory.firewall.sshSources).toBe('any');
    expect(inventory.hosts[0]?.roles).toHaveLength(5);
  },
);

test('a host has the roles of its groups, each once, in the order they are written', async () => {
  const { inventory, roles } = await loaded({
    'hosts.yaml': hosts,
    'mesh.yaml': `roles: { db: firewall, all: [install, firewall], web-1: [verify] }\n`,
  });
  expect(inventory.hosts.map((host) => host.roles)).toEqual([
    ['firewall', 'install'],
    ['install', 'firewall', 'verify'],
  ]);
  expect(roles.map(({ name }) => name)).toEqual(['firewall', 'install', 'verify']);
});

test.each([
  ['any', 'any'],
  ['[any]', 'any'],
  ['[198.51.100.7, any]', 'any'],
  ['198.51.100.7', ['198.51.100.7/32']],
  ['["2001:db8::7", 198.51.100.0/24]', ['2001:db8::7/128', '198.51.100.0/24']],
])('SSH sources %s are understood', async (written, expected) => {
  const { inventory } = await loaded({
    'hosts.yaml': hosts,
    'mesh.yaml': `firewall: { ssh: { sources: ${written} } }\n`,
  });
  const { sshSources } = inventory.firewall;
  expect(sshSources === 'any' ? 'any' : sshSources.map(({ text }) => text)).toEqual(expected);
});

test('there may be several subnets of a family, and a host has an address in each', async () => {
  const { inventory } = await loaded({
    'hosts.yaml': 'all: { hosts: { x: { wg_address: [10.60.0.7, 10.50.0.7] }, y: } }\n',
    'mesh.yaml': 'network: { subnets: [10.50.0.0/24, 10.60.0.0/24, "fd50::/64", "fd60::/64"] }\n',
  });
  const { lock } = allocate(inventory, emptyLock, '2026-06-15');
  expect(lock.hosts.get('x')?.addresses).toEqual(['10.50.0.7', '10.60.0.7', 'fd50::1', 'fd60::1']);
  expect(lock.hosts.get('y')?.addresses).toEqual(['10.50.0.1', '10.60.0.1', 'fd50::2', 'fd60::2']);
});

test.each(['wg0', 'mesh_1', 'a-b', 'x23456789012345'])('%s can be an interface', async (name) => {
  const { inventory } = await loaded({
    'hosts.yaml': hosts,
    'mesh.yaml': `network: { interface: ${name} }\n`,
  });
  expect(inventory.network.interface).toBe(name);
});

test.each(['x234567890123456', 'a/b', '..', 'wg.0', '-wg0', 'wg 0', 'lo', 'all', ''])(
  '"%s" cannot be an interface',
  async (name) => {
    const mesh = `network: { interface: "${name}" }\n`;
    const problems = await problemsOf({ 'hosts.yaml': hosts, 'mesh.yaml': mesh });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('mesh.yaml:1:23: ');
  },
);

test.each(['127.1.0.0/16', '169.254.0.0/24', '224.0.0.0/8', '::/64', 'fe80::/64', 'ff02::/64'])(
  'subnet %s cannot be used, and the message says why',
  async (text) => {
    const mesh = `network: { subnets: ["${text}"] }\n`;
    const problems = await problemsOf({ 'hosts.yaml': hosts, 'mesh.yaml': mesh });
    expect(problems).toEqual([expect.stringContaining(`subnet ${text} cannot be used`)]);
  },
);
