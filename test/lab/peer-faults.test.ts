/**
 * Why a host does not reach another is named by verify, whatever was done to them.
 *
 * Faults of different hosts are made at the same time, because a look at silent peers takes as long for
 * one as for all.
 */
import { inventoryOf, type Report, reportIn } from './inventory';
import { type Lab, labUp, publicAddress } from './running-lab';

let lab: Lab;

beforeAll(async () => {
  lab = await labUp('peers', 4);
  await lab.writeInventory('prod', inventoryOf(lab));
  expect((await lab.wgpush('apply', '-i', 'prod', '--yes')).code).toBe(0);
});

afterAll(() => lab.down());

async function verify(...args: readonly string[]): Promise<Report> {
  const { code, stdout } = await lab.wgpush('verify', '-i', 'prod', ...args, '--format', 'json');
  const report = reportIn(stdout);
  expect(code).toBe(report.exitCode);
  return report;
}

async function heal(): Promise<void> {
  expect((await lab.wgpush('apply', '-i', 'prod', '--yes')).code).toBe(0);
  expect((await verify()).exitCode).toBe(0);
}

/** What does not hold between hosts: `SC-1 1>2 reason`, each once, sorted. */
function faultsIn({ checks }: Report): readonly string[] {
  const faults = checks
    .filter(({ id, status }) => status === 'fail' && id.startsWith('SC-'))
    .map(({ id, host, peer = '', evidence }) => {
      const pair = `${host}>${peer}`.replaceAll('host-', '');
      const [, reason = evidence] =
        / ?([\w -]+|allowed IPs): /.exec(evidence.replace(/^after \d+ s: /, '')) ?? [];
      return `${id} ${pair} ${reason.trim()}`;
    });
  return [...new Set(faults)].sort();
}

const keyFor = (peer: string) =>
  `"$(sed -n '/Peer.*${peer}/{n;s/PublicKey = //p}' /etc/wireguard/wg0.conf)"`;

test('a removed address, a wrong key, and a peer removed on one side', async () => {
  await Promise.all([
    lab.on('host-1', 'ip address delete 10.50.0.1/24 dev wg0'),
    lab.on(
      'host-2',
      `wg set wg0 peer ${keyFor('host-3')} remove
       wg set wg0 peer "$(wg genkey | wg pubkey)" endpoint ${publicAddress(3)}:51820 allowed-ips 10.50.0.3/32,fd50:50:50::3/128`,
    ),
    lab.on('host-4', `wg set wg0 peer ${keyFor('host-3')} remove`),
  ]);
  expect(faultsIn(await verify())).toEqual([
    'SC-1 1>2 no route',
    'SC-1 1>3 no route',
    'SC-1 1>4 no route',
    'SC-1 2>1 no address',
    'SC-1 2>3 key mismatch',
    'SC-1 3>1 no address',
    'SC-1 3>2 key mismatch',
    'SC-1 3>4 one-sided',
    'SC-1 4>1 no address',
    'SC-1 4>3 peer',
    'SC-3 2>3 key mismatch',
    'SC-3 4>3 peer',
  ]);
  await heal();
});

test('a UDP port that is blocked upstream, a path of a smaller MTU, and pings that are dropped', async () => {
  // In the internet, not on the hosts.
  await lab.outside(`nft add table bridge block
    nft 'add chain bridge block forward { type filter hook forward priority 0; }'
    nft add rule bridge block forward oifname host-4 udp dport 51820 drop
    nft add rule bridge block forward iifname host-4 udp dport 51820 drop
    ip link set host-1 mtu 1400`);
  await lab.on('host-4', 'systemctl restart wg-quick@wg0');
  await lab.on('host-3', 'iptables -I INPUT -i wg0 -p icmp --icmp-type echo-request -j DROP');
  const report = await verify();
  expect(faultsIn(report)).toEqual([
    'SC-1 1>2 MTU',
    'SC-1 1>3 MTU',
    'SC-1 1>3 firewall',
    'SC-1 1>4 endpoint',
    'SC-1 2>1 MTU',
    'SC-1 2>3 firewall',
    'SC-1 2>4 endpoint',
    'SC-1 3>1 MTU',
    'SC-1 3>4 endpoint',
    'SC-1 4>1 endpoint',
    'SC-1 4>2 endpoint',
    'SC-1 4>3 endpoint',
    'SC-3 4>1 endpoint',
    'SC-3 4>2 endpoint',
    'SC-3 4>3 endpoint',
  ]);
  const evidence = report.checks.map((check) => check.evidence).join('\n');
  expect(evidence).toMatch(/largest that pass have 13\d\d bytes, and wg0 has an MTU of 1420/);
  expect(evidence).toContain(
    `nothing comes back from UDP port 51820 of ${publicAddress(4)}, which answers pings`,
  );

  const status = await lab.wgpush('status', '-i', 'prod', '--limit', 'host-4');
  expect(status.code).toBe(0);
  expect(status.stdout).toMatch(/^host-4 +host-1 +203\.0\.113\.11:51820 +NEVER /m);
  expect(status.stdout).toContain('3 never shook hands');

  await lab.outside('nft delete table bridge block; ip link set host-1 mtu 1500');
  await lab.on('host-3', 'iptables -D INPUT -i wg0 -p icmp --icmp-type echo-request -j DROP');
  await heal();
});

test('a session that dies while it is watched fails, with when', async () => {
  const logins = () => lab.on('host-1', 'journalctl -u ssh | grep -c "Accepted publickey"');
  const before = Number((await logins()).stdout);
  const watched = verify('--watch', '32s');
  await new Promise((resolve) => setTimeout(resolve, 8000));
  await lab.on('host-2', `wg set wg0 peer ${keyFor('host-3')} remove`);
  const report = await watched;
  expect(report.exitCode).toBe(3);
  expect(faultsIn(report)).toEqual(['SC-1 2>3 peer', 'SC-1 3>2 one-sided', 'SC-3 2>3 peer']);
  const [fault] = report.checks.filter(({ status }) => status === 'fail');
  expect(fault?.evidence).toMatch(/^after 1[5-9] s: /);
  const held = report.checks.find(({ id, peer }) => id === 'SC-3' && peer === 'host-4');
  expect(held?.evidence).toMatch(/^\d+ s old; it held at all \d looks, the last after \d+ s$/);
  expect(Number((await logins()).stdout)).toBe(before + 1);
  await heal();
});

test('status tells the sessions, and who could not be asked', async () => {
  const healthy = reportIn((await lab.wgpush('status', '-i', 'prod', '--format', 'json')).stdout);
  expect(healthy.exitCode).toBe(0);
  expect(healthy.handshakes).toHaveLength(12);
  await Promise.all([
    lab.on('host-1', 'ip link delete wg0'),
    lab.on('host-2', `wg set wg0 peer ${keyFor('host-3')} remove`),
    lab.stop('host-4'),
  ]);
  const { code, stdout } = await lab.wgpush('status', '-i', 'prod', '--timeout', '3');
  expect(code).toBe(4);
  expect(stdout).toMatch(/^host-4 +unreachable: /m);
  expect(stdout).toMatch(/^host-1 +failed: there is no wg0$/m);
  expect(stdout).toContain('host-3 is no peer on the wg0 of host-2');
  const report = await verify('--timeout', '3');
  expect(report.exitCode).toBe(4);
  expect(faultsIn(report)).toContain('SC-1 3>1 no interface');
  const down = report.checks.find(({ host, peer }) => host === 'host-3' && peer === 'host-4');
  expect(down?.evidence).toContain('host-4 could not be reached in this run either');
  await lab.start('host-4');
  await heal();
});
