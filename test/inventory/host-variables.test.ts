/** The variables of a host, under all names that they have. */
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import type { Host } from '../../src/model/host';
import { directoryOf, load, loaded } from './directory';

async function hostWith(variables: string, mesh = ''): Promise<Host | undefined> {
  const { inventory } = await loaded({
    'hosts.yaml': `all: { hosts: { x: { ${variables} } } }\n`,
    'mesh.yaml': mesh,
  });
  return inventory.hosts[0];
}

test.each([
  ['ansible_host: 203.0.113.1', { host: '203.0.113.1' }],
  ['ansible_host: "2001:DB8:0::1"', { host: '2001:db8::1' }],
  ['ansible_ssh_host: web-1.example.net', { host: 'web-1.example.net' }],
  ['', { host: 'x', port: 22, user: userInfo().username, identityFile: undefined }],
  ['ansible_port: 2222', { port: 2222 }],
  ['ansible_port: "2222"', { port: 2222 }],
  ['ansible_ssh_port: 2222, ansible_port: 22', { port: 2222 }],
  ['ansible_ssh_user: admin', { user: 'admin' }],
  ['ansible_ssh_private_key_file: /k', { identityFile: '/k' }],
  ['ansible_private_key_file: ~/.ssh/k', { identityFile: path.join(homedir(), '.ssh/k') }],
])('{ %s } says how to log in', async (variables, login) => {
  expect((await hostWith(variables))?.login).toMatchObject(login);
});

test('a relative key file is meant from where wgpush runs', async () => {
  const directory = directoryOf({
    'inventory/prod/hosts.yaml':
      'all: { hosts: { x: { ansible_ssh_private_key_file: keys/k } } }\n',
  });
  const found = await load(directory, 'prod');
  expect(found).toMatchObject({
    inventory: { hosts: [{ login: { identityFile: path.join(directory, 'keys/k') } }] },
  });
});

test.each([
  ['wg_endpoint: "203.0.113.9:5000"', '203.0.113.9', 5000],
  ['wg_endpoint: "203.0.113.9"', '203.0.113.9', 51_820],
  ['wg_endpoint: "[2001:db8::9]:5000"', '2001:db8::9', 5000],
  ['wg_endpoint: "[2001:db8::9]"', '2001:db8::9', 51_820],
  ['wg_endpoint: "2001:db8::9"', '2001:db8::9', 51_820],
  ['wg_endpoint: "x.example.net:5000"', 'x.example.net', 5000],
  ['wireguard_endpoint: x.example.net, wireguard_port: 5001', 'x.example.net', 5001],
  ['ansible_host: 203.0.113.9, wg_listen_port: 5002', '203.0.113.9', 5002],
])('{ %s } says where peers send to', async (variables, host, port) => {
  expect((await hostWith(variables))?.endpoints).toEqual([{ host, port }]);
});

test.each([
  '[203.0.113.9]:5000',
  '[2001:db8::9',
  '2001:db8::9]:1',
  'x:',
  ':5000',
  'x y:1',
  '',
  '1.2',
])('the endpoint "%s" is none', async (text) => {
  await expect(hostWith(`wg_endpoint: "${text}"`)).rejects.toThrow(/an endpoint|a port/);
});

test('the port of the network is the default, and the host may have another', async () => {
  const mesh = 'network: { listen_port: 5000 }\n';
  expect(await hostWith('', mesh)).toMatchObject({ listenPort: 5000, endpoints: [{ port: 5000 }] });
  expect(await hostWith('wireguard_port: "5001"', mesh)).toMatchObject({ listenPort: 5001 });
});

test.each([
  ['wg_address: 10.50.0.9', ['10.50.0.9']],
  ['wireguard_address: 10.50.0.9/24', ['10.50.0.9']],
  ['wireguard_addresses: [10.50.0.9/24, "fd50::9/64"]', ['10.50.0.9', 'fd50::9']],
  ['vpn_ip: 10.50.0.9/32', ['10.50.0.9']],
  ['wg_address: [10.50.0.9, "fd50:0::9"]', ['10.50.0.9', 'fd50::9']],
  ['wg_address: 10.50.0.9, wireguard_address: 10.50.0.8', ['10.50.0.9']],
])('{ %s } chooses addresses', async (variables, addresses) => {
  const host = await hostWith(variables, 'network: { subnets: [10.50.0.0/24, "fd50::/64"] }\n');
  expect(host?.chosenAddresses).toEqual(addresses);
});

test.each([
  ['wg_persistent_keepalive: 25', 25],
  ['wireguard_persistent_keepalive: "25"', 25],
  ['wg_persistent_keepalive: 0', undefined],
  ['wg_persistent_keepalive: off', undefined],
])('{ %s } says how often to keep alive', async (variables, seconds) => {
  expect((await hostWith(variables))?.persistentKeepalive).toBe(seconds);
});

test.each(['localhost:22', 'a..b', '-a', 'a-', '0x7f.1', '127.1', 'a b', '$(id)', '1.2.3.4.'])(
  'ansible_host "%s" is no place to log in to',
  async (text) => {
    await expect(hostWith(`ansible_host: "${text}"`)).rejects.toThrow(/neither an address/);
  },
);

test('what the popular roles say, and wgpush does anyway or leaves to them, is no mistake', async () => {
  const host = await hostWith(`
    wireguard_address: 10.50.0.9/24, wireguard_allowed_ips: 10.50.0.9/32, wireguard_interface: wg0,
    wireguard_mtu: "1420", wireguard_dns: "", wireguard_postup: [], wireguard_unmanaged_peers: {},
    wireguard_save_config: "false", wireguard_remote_directory: /etc/wireguard,
    wireguard_service_state: started, wireguard_interface_restart: false
  `);
  expect(host?.chosenAddresses).toEqual(['10.50.0.9']);
});

test('a host whose role variable says no endpoint is behind NAT, and another has none of that', async () => {
  expect((await hostWith('wireguard_endpoint: ""'))?.endpoints).toEqual([]);
  await expect(hostWith('wg_endpoint: ""')).rejects.toThrow(/an endpoint/);
});

test('public_addr is an endpoint beside vpn_ip, and else a name like any other', async () => {
  const both = await hostWith('vpn_ip: 10.50.0.9/32, public_addr: x.example.net');
  expect(both?.endpoints).toEqual([{ host: 'x.example.net', port: 51_820 }]);
  const alone = await hostWith('ansible_host: 203.0.113.1, public_addr: x.example.net');
  expect(alone?.endpoints).toEqual([{ host: '203.0.113.1', port: 51_820 }]);
});
