/** The inventories that ship with wgpush are what they say. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { address, contains, subnet } from '../../src/model/address';
import { allocate } from '../../src/model/allocation';
import { emptyLock } from '../../src/model/lock';
import { meshOf } from '../../src/model/mesh';
import { load, loaded } from './directory';

const project = path.join(__dirname, '../..');
const examples = ['minimal', 'complete', 'demo', 'starter', 'hub-and-spoke'];

async function example(name: string) {
  const found = await load(project, name);
  if (found.kind === 'invalid') throw new Error(JSON.stringify(found.problems));
  return found;
}

test.each(examples)('inventory/%s is valid and known by its name', async (name) => {
  const { inventory, lock, lockFile } = await example(name);
  expect(inventory.name).toBe(name);
  expect(lock.hosts.size).toBe(0);
  expect(lockFile).toBe(path.join(project, 'inventory', name, 'wgpush.lock.yaml'));
});

test('hosts.yaml alone is enough: everything else has a default', async () => {
  const { inventory, roles } = await example('minimal');
  expect(inventory.hosts.map(({ name }) => name)).toEqual(['db-1', 'web-1']);
  expect(inventory.hosts[1]).toMatchObject({
    login: { host: '203.0.113.11', port: 22, identityFile: undefined },
    endpoints: [{ host: '203.0.113.11', port: 51_820 }],
    listenPort: 51_820,
    chosenAddresses: [],
    persistentKeepalive: undefined,
    roles: ['install', 'wireguard', 'firewall', 'bindings', 'verify'],
  });
  expect(inventory.network).toMatchObject({ interface: 'wg0', mtu: 1420 });
  expect(inventory.network.subnets.map(({ text }) => text)).toEqual(['10.50.0.0/24']);
  expect(inventory.firewall).toEqual({
    backend: 'ufw',
    sshSources: 'any',
    unmanagedRules: 'remove',
  });
  expect(roles.map(({ name, barrier }) => [name, barrier])).toEqual([
    ['install', true],
    ['wireguard', false],
    ['firewall', false],
    ['bindings', false],
    ['verify', false],
  ]);
});

test('the complete example says what its comments say', async () => {
  const { inventory } = await example('complete');
  const [db1, db2, web1, web2] = inventory.hosts;
  expect(db1).toMatchObject({
    groups: ['all', 'db', 'stateful'],
    endpoints: [{ host: '203.0.113.22', port: 51_821 }],
    listenPort: 51_821,
    chosenAddresses: ['10.50.0.21', 'fd50:50:50::21'],
  });
  expect(db2).toMatchObject({
    chosenAddresses: ['10.50.0.22'],
    endpoints: [{ host: '203.0.113.23', port: 51_820 }],
    persistentKeepalive: 25,
  });
  expect(web1?.groups).toEqual(['all', 'web']);
  expect(web2?.login).toMatchObject({ host: '2001:db8::12', port: 2222, user: 'admin' });
  expect(web2?.login.become).toMatchObject({ method: 'sudo', user: 'root' });
  expect(inventory.services.map(({ name, hosts, from }) => [name, hosts, from])).toEqual([
    ['kafka', ['db-1'], 'all'],
    ['node-exporter', ['web-1', 'web-2'], ['db-1']],
    ['postgres', ['db-1', 'db-2'], ['db-1', 'db-2', 'web-1', 'web-2']],
    ['statsd', ['db-1', 'db-2'], 'all'],
  ]);
  expect(inventory.exceptions[0]).toMatchObject({ approvedBy: 'security', expires: '2027-03-31' });
  expect(inventory.ignores).toMatchObject([
    { id: 'IG-001', hosts: ['web-1', 'web-2'], names: { id: 'SC-2' }, match: '8080' },
    { id: 'IG-002', names: { role: 'firewall', resource: 'firewall' } },
  ]);
});

test('the demo has three hosts in two groups, both families and a service', async () => {
  const { inventory } = await example('demo');
  expect(inventory.hosts.map(({ name, login }) => [name, login.host])).toEqual([
    ['db-1', '203.0.113.13'],
    ['web-1', '203.0.113.11'],
    ['web-2', '203.0.113.12'],
  ]);
  expect(inventory.hosts[0]?.login).toMatchObject({
    user: 'root',
    identityFile: '/run/wgpush-lab/demo/id_ed25519',
  });
  expect(inventory.network.subnets.map(({ text }) => text)).toEqual([
    '10.50.0.0/24',
    'fd50:50:50::/64',
  ]);
  expect(inventory.services).toEqual([
    {
      name: 'postgres',
      owner: 'data-team',
      hosts: ['db-1'],
      ports: [{ first: 5432, last: 5432 }],
      protocol: 'tcp',
      from: ['web-1', 'web-2'],
      bind: 'any',
      loopback: 'allow',
    },
  ]);
});

test('in the hub-and-spoke example each spoke has one hub, and those behind NAT keep it open', async () => {
  const { inventory } = await example('hub-and-spoke');
  expect(inventory.topology).toEqual({ kind: 'hub-and-spoke', hubs: ['hub-1', 'hub-2'] });
  const { lock } = allocate(inventory, emptyLock, '2026-06-15');
  const mesh = meshOf(inventory, lock);
  for (const name of ['plant-1', 'plant-2']) {
    expect(mesh.get(name)?.peers).toMatchObject([
      { host: 'hub-2', endpoint: '203.0.113.12:51820', persistentKeepalive: 25 },
    ]);
  }
  expect(inventory.services[0]?.from).toEqual(['laptop-anna', 'web-1', 'web-2']);
  expect(mesh.get('hub-1')?.forwards).toBe(true);
});

test('every public address in the examples is from a range for documentation', () => {
  const ranges = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'];
  const inside = ['10.50.0.0/24', 'fd50:50:50::/64', '192.168.7.0/24', '0.0.0.0/32', '::/128'];
  const allowed = [...ranges, ...inside].flatMap((text) => subnet(text) ?? []);
  for (const name of examples) {
    const directory = path.join(project, 'inventory', name);
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)));
    for (const file of files) {
      const words = readFileSync(path.join(directory, file), 'utf8').match(/[\da-fA-F:.]+/g) ?? [];
      for (const ip of words.flatMap((word) => address(word) ?? [])) {
        expect([file, ip, allowed.some((range) => contains(range, ip))]).toEqual([file, ip, true]);
      }
    }
  }
});

test('an inventory of one host is fine', async () => {
  const { inventory } = await loaded({ 'hosts.yaml': 'all: { hosts: { web-1: } }\n' });
  expect(inventory.hosts[0]?.login.host).toBe('web-1');
});
