/** Hosts behind NAT: nobody can send to them first, and yet they are peers like any other. */
import { answeringPorts } from './listener';
import { outcomes, reportIn } from './inventory';
import { type Lab, labUp, publicAddress } from './running-lab';

let lab: Lab;

beforeAll(async () => {
  lab = await labUp('nat', 4, { nat: ['host-3', 'host-4'] });
  const host = (number: number, more = ''): string =>
    `    host-${String(number)}: { ansible_host: ${publicAddress(number)}${more} }\n`;
  const behind = ', wg_endpoint: none';
  await lab.writeInventory('prod', {
    'hosts.yaml': `all:
  vars: { ansible_user: root, ansible_ssh_private_key_file: ${lab.keyFile} }
  hosts:
${host(1)}${host(2)}${host(3, behind)}${host(4, behind)}`,
    'mesh.yaml': `network: { subnets: [10.50.0.0/24, 'fd50:50:50::/64'] }
topology: { kind: full-mesh, hubs: [host-1] }
`,
  });
});

afterAll(() => lab.down());

const four = (outcome: string): string =>
  [1, 2, 3, 4].map((number) => `host-${String(number)} ${outcome}`).join(', ');

test('one apply makes them a mesh, and a second finds it as wanted', async () => {
  const first = await lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json');
  const report = reportIn(first.stdout);
  expect(outcomes(report)).toBe(four('changed'));
  expect(report.checks.filter(({ status }) => status !== 'pass')).toEqual([]);
  expect(first.code).toBe(0);
  const second = await lab.wgpush('apply', '-i', 'prod', '--format', 'json');
  expect(outcomes(reportIn(second.stdout))).toBe(four('unchanged'));
  expect(second.code).toBe(0);
});

test('every ordered pair answers over both families, two behind NAT through the hub', async () => {
  const { code, stdout } = await lab.wgpush('verify', '-i', 'prod', '--format', 'json');
  const { checks } = reportIn(stdout);
  expect(checks.filter(({ status }) => status !== 'pass')).toEqual([]);
  expect(checks.filter(({ id }) => id === 'SC-1')).toHaveLength(24);
  expect(code).toBe(0);
  // The two are no peers of each other: what they say goes by the hub, which takes one from the TTL.
  const { stdout: ping } = await lab.on('host-3', 'ping -c 1 -W 2 10.50.0.4');
  expect(ping).toContain('ttl=63');
  const { stdout: near } = await lab.on('host-2', 'ping -c 1 -W 2 10.50.0.4');
  expect(near).toContain('ttl=64');
});

test('only they send keepalives, and only the hub forwards', async () => {
  const keepalives = async (host: string): Promise<string> =>
    (await lab.on(host, 'wg show wg0 persistent-keepalive | cut -f 2 | sort -u')).stdout.trim();
  expect(await Promise.all(lab.hosts.map(keepalives))).toEqual(['off', 'off', '25', '25']);
  const forwards = async (host: string): Promise<string> =>
    (await lab.on(host, 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding'))
      .stdout;
  expect(await Promise.all(lab.hosts.map(forwards))).toEqual([
    '1\n1\n',
    '0\n0\n',
    '0\n0\n',
    '0\n0\n',
  ]);
});

test('a host behind NAT that was rebooted is a peer again, and the router lets only SSH in', async () => {
  await lab.stop('host-3');
  await lab.start('host-3');
  const { code, stdout } = await lab.wgpush('drift', '-i', 'prod', '--format', 'json');
  expect(outcomes(reportIn(stdout))).toBe(four('unchanged'));
  expect(code).toBe(0);
  expect(await answeringPorts(lab, publicAddress(3))).toEqual([22]);
});
