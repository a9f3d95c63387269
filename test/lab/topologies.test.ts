/**
 * Topologies on real hosts, dual stack: a hub, two spokes that it knows how to reach, and one behind
 * NAT. A laptop is declared and never there (see external-peer.test.ts for one that is).
 */
import { keyOf } from '../model/fleet';
import { inventoryOf, outcomes, reportIn } from './inventory';
import { canReach, listen } from './listener';
import { type Ended, type Lab, labUp, publicAddress } from './running-lab';

let lab: Lab;

/** host-5 is an outsider; it is in no inventory. */
const managed = ['host-1', 'host-2', 'host-3', 'host-4'];

beforeAll(async () => {
  lab = await labUp('topologies', 5, { nat: ['host-4'] });
}, 300_000);

afterAll(() => lab.down());

async function declare(topology: string): Promise<void> {
  const lines = managed.map((name, index) => {
    const nat = name === 'host-4' ? ', wg_endpoint: none' : '';
    return `    ${name}: { ansible_host: ${publicAddress(index + 1)}${nat} }\n`;
  });
  await lab.rewriteInventory('prod', {
    ...inventoryOf(lab),
    'hosts.yaml': `all:
  vars: { ansible_user: root, ansible_ssh_private_key_file: ${lab.keyFile} }
  hosts:
${lines.join('')}`,
    'mesh.yaml': `network: { subnets: [10.50.0.0/24, 'fd50:50:50::/64'] }
topology: ${topology}
external_peers:
  laptop: { public_key: ${keyOf('laptop')}, allowed_ips: [10.50.0.200, 'fd50:50:50::200'] }
`,
    'services.yaml': `services:
  postgres: { owner: data-team, hosts: host-3, port: 5432, from: [host-2, laptop] }
  cache: { owner: data-team, hosts: host-3, port: 6379, from: [host-2] }
`,
  });
}

async function apply(): Promise<void> {
  const first = await lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json');
  expect(reportIn(first.stdout).hosts.map(({ error }) => error)).toEqual(managed.map(() => null));
  expect(first.code).toBe(0);
  const second = await lab.wgpush('apply', '-i', 'prod', '--format', 'json');
  expect(outcomes(reportIn(second.stdout))).toBe(
    managed.map((host) => `${host} unchanged`).join(', '),
  );
}

/** Of the checks of verify, those that did not pass. */
async function complaints(): Promise<readonly string[]> {
  const { stdout } = await lab.wgpush('verify', '-i', 'prod', '--format', 'json');
  return reportIn(stdout)
    .checks.filter(({ status }) => status === 'fail')
    .map(({ id, title, evidence }) => `${id} ${title}: ${evidence}`);
}

const ping = (from: string, address: string): Promise<Ended> =>
  lab.on(from, `ping -n -q -c 1 -w 8 ${address}`);

/** WireGuard addresses by the number of the host. */
const both = (number: string): readonly string[] => [`10.50.0.${number}`, `fd50:50:50::${number}`];

describe('a full mesh with a host behind NAT', () => {
  beforeAll(async () => {
    await declare('{ kind: full-mesh, hubs: [host-1] }');
    await apply();
    await listen(lab, 'host-3', '0.0.0.0', 5432);
    await listen(lab, 'host-3', '0.0.0.0', 6379);
  }, 240_000);

  test('every host reaches every other, and the one behind NAT is reached', async () => {
    expect(await complaints()).toEqual([]);
    for (const address of both('4')) expect((await ping('host-2', address)).code).toBe(0);
  });

  test('its peers know no endpoint of it, and hear it by its keepalives', async () => {
    const { stdout: file } = await lab.on('host-2', 'cat /etc/wireguard/wg0.conf');
    expect(file).toMatch(/\[Peer\] # host-4\nPublicKey = \S+\nAllowedIPs = [^\n]+\n\n/);
    const { stdout: own } = await lab.on('host-4', 'wg show wg0 persistent-keepalive');
    expect(own.match(/\t25$/gm)).toHaveLength(3);
  });
});

describe('a hub and its spokes', () => {
  beforeAll(async () => {
    await declare('{ kind: hub-and-spoke, hubs: [host-1] }');
    await apply();
  }, 240_000);

  test('a spoke has one peer, and reaches the others through it by both families', async () => {
    const { stdout: peers } = await lab.on('host-2', 'wg show wg0 peers');
    expect(peers.trim().split('\n')).toHaveLength(1);
    for (const number of ['1', '3', '4']) {
      for (const address of both(number)) expect((await ping('host-2', address)).code).toBe(0);
    }
    expect(await complaints()).toEqual([]);
  });

  test('a service is reachable from spoke to spoke as it is declared, and not otherwise', async () => {
    expect(await canReach(lab, 'host-2', '10.50.0.3', 6379)).toBe(true);
    expect(await canReach(lab, 'host-4', '10.50.0.3', 6379)).toBe(false);
    expect(await canReach(lab, 'host-1', '10.50.0.3', 6379)).toBe(false);
  });

  test('the hub passes on nothing that comes from elsewhere', async () => {
    const { stdout } = await lab.on('host-1', 'ufw status verbose');
    expect(stdout).toMatch(/deny \(routed\)/);
    // host-5 sends by the hub's public address what is meant for a spoke.
    await lab.on('host-5', `ip route add 10.50.0.0/24 via ${publicAddress(1)}`);
    expect(await canReach(lab, 'host-5', '10.50.0.3', 5432)).toBe(false);
    await lab.on('host-5', 'ip route delete 10.50.0.0/24');
  });

  test('it forwards again after a reboot of the hub', async () => {
    await lab.stop('host-1');
    await lab.start('host-1');
    const { stdout } = await lab.wgpush('drift', '-i', 'prod', '--format', 'json');
    expect(outcomes(reportIn(stdout))).toContain('host-1 unchanged');
    for (const address of both('3')) expect((await ping('host-2', address)).code).toBe(0);
  });
});

test('back to a full mesh, the pairs lose seconds at most, and the hub forwards for one pair only', async () => {
  await declare('{ kind: full-mesh, hubs: [host-1] }');
  await lab.on('host-2', 'systemd-run --quiet --unit loss ping -n -i 0.1 10.50.0.3');
  await apply();
  await lab.on('host-2', 'systemctl kill --signal INT loss; sleep 0.5');
  const { stdout } = await lab.on('host-2', 'journalctl -q -o cat -u loss | grep transmitted');
  const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(stdout) ?? [];
  expect(Number(sent) - Number(received)).toBeLessThan(100);
  expect(await complaints()).toEqual([]);
}, 240_000);

test('a host that has a part of the network already is left alone, and told why', async () => {
  await lab.on('host-2', 'ip route add 10.50.0.64/26 via 203.0.113.1');
  const { code, stdout } = await lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json');
  const report = reportIn(stdout);
  expect(outcomes(report)).toBe(
    'host-1 unchanged, host-2 failed, host-3 unchanged, host-4 unchanged',
  );
  expect(report.hosts[1]?.error).toContain(
    'a route on eth0 has 10.50.0.64/26, within 10.50.0.0/24',
  );
  expect(code).toBe(3);
  await lab.on('host-2', 'ip route delete 10.50.0.64/26');
  const after = await lab.wgpush('drift', '-i', 'prod', '--format', 'json');
  expect(outcomes(reportIn(after.stdout))).toContain('host-2 unchanged');
}, 240_000);
