/** The main job, end to end, on three bare hosts: from nothing to a mesh that is proven. */
import { inventoryOf, outcomes, reportIn } from './inventory';
import { type Lab, labUp, publicAddress } from './running-lab';
import { answeringPorts, canReach, hears, listen, listenUdp } from './listener';

let lab: Lab;

beforeAll(async () => {
  lab = await labUp('mesh', 3);
  await lab.writeInventory('prod', inventoryOf(lab));
}, 300_000);

afterAll(() => lab.down());

/** Everything of a host that an apply could touch: files, packages, units, rulesets, interfaces. */
async function fingerprints(): Promise<readonly string[]> {
  const probe = `find /etc /usr /var/lib /root -xdev -type f ! -path '/var/lib/systemd/*' -exec sha256sum {} + | sort
dpkg-query -W; systemctl list-unit-files --no-legend; iptables-save 2>/dev/null | grep -v '^[#:]'; ip address`;
  const seen = await Promise.all(
    lab.hosts.map((host) => lab.on(host, `{ ${probe}; } | sha256sum`)),
  );
  return seen.map(({ stdout }) => stdout);
}

describe('three hosts without wireguard-tools or ufw', () => {
  test('a dry run says what it would install, write and admit, and changes nothing', async () => {
    const before = await fingerprints();
    const { code, stdout } = await lab.wgpush('apply', '--inventory', 'prod', '--dry-run');
    expect(code).toBe(2);
    for (const host of lab.hosts)
      expect(stdout).toMatch(new RegExp(`^${host} +\\d+ changes$`, 'm'));
    expect(
      stdout.match(/\+ package wireguard-tools\n +\+ package nftables\n +\+ package ufw/g),
    ).toHaveLength(3);
    expect(stdout.match(/write \/etc\/wireguard\/wg0\.conf/g)).toHaveLength(3);
    expect(stdout.match(/PublicKey = \(known after apply\)/g)).toHaveLength(6);
    expect(stdout.match(/\+ allow 22\/tcp from anywhere # ssh/g)).toHaveLength(3);
    expect(stdout).toContain('+ allow 5432/tcp on wg0 from 10.50.0.1 # service postgres');
    expect(stdout).toContain('Nothing was changed.');
    expect(await fingerprints()).toEqual(before);
  });

  test('without a terminal an apply needs --yes, and changes nothing without it', async () => {
    const before = await fingerprints();
    const { code, stderr } = await lab.wgpush('apply', '--inventory', 'prod');
    expect(code).toBe(1);
    expect(stderr).toContain('give --yes');
    expect(await fingerprints()).toEqual(before);
  });

  test('an apply makes them a mesh', async () => {
    const { code, stdout } = await lab.wgpush('apply', '--inventory', 'prod', '--yes');
    expect(stdout).toContain('Apply: 3 hosts changed.');
    expect(code).toBe(0);
  });

  test('a second apply says unchanged for all, asks nothing and needs no --yes', async () => {
    const { code, stdout } = await lab.wgpush('apply', '--inventory', 'prod', '--format', 'json');
    expect(outcomes(reportIn(stdout))).toBe('host-1 unchanged, host-2 unchanged, host-3 unchanged');
    expect(code).toBe(0);
  });

  test('drift and verify find nothing', async () => {
    await listen(lab, 'host-3', '0.0.0.0', 5432);
    for (const command of ['drift', 'verify']) {
      const { code, stdout } = await lab.wgpush(command, '-i', 'prod', '--format', 'json');
      const { checks } = reportIn(stdout);
      expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
      // Every ordered pair, by both families.
      expect(checks.filter(({ id, status }) => id === 'SC-1' && status === 'pass')).toHaveLength(
        12,
      );
      // A handshake for each ordered pair, and a clock for each host.
      expect(checks.filter(({ id, status }) => id === 'SC-3' && status === 'pass')).toHaveLength(9);
      // The service is closed to the public, and on each host what nobody declared; other hosts see it
      // closed as well, by both of its addresses.
      expect(checks.filter(({ id, status }) => id === 'SC-2' && status === 'pass')).toHaveLength(7);
      expect(code).toBe(0);
    }
  });

  test('the private key is in its file, readable by root only, and nowhere else', async () => {
    const { stdout } = await lab.on('host-1', 'stat -c "%a %U" /etc/wireguard/wg0.*');
    expect(stdout).toBe('600 root\n600 root\n');
    const { stdout: lock } = await lab.outside(
      `cat ${lab.directory}/inventory/prod/wgpush.lock.yaml`,
    );
    expect(lock.match(/public_key/g)).toHaveLength(3);
    const { stdout: key } = await lab.on('host-1', 'cat /etc/wireguard/wg0.key');
    expect(lock).not.toContain(key.trim());
  });
});

describe('after an apply', () => {
  beforeAll(async () => {
    await listen(lab, 'host-3', '0.0.0.0', 6379);
    await listen(lab, 'host-1', '0.0.0.0', 8080);
  });

  test('a declared service is open over wg0 to the declared group only', async () => {
    expect(await canReach(lab, 'host-1', '10.50.0.3', 5432)).toBe(true);
    expect(await canReach(lab, 'host-2', '10.50.0.3', 5432)).toBe(false);
    expect(await canReach(lab, 'host-1', publicAddress(3), 5432)).toBe(false);
  });

  test('a listener that nobody declared is reachable from nowhere', async () => {
    for (const address of ['10.50.0.3', publicAddress(3)]) {
      expect(await canReach(lab, 'host-1', address, 6379)).toBe(false);
      expect(await canReach(lab, 'host-2', address, 6379)).toBe(false);
    }
  });

  test.each([...[1, 2, 3].map(publicAddress), '2001:db8::13'])(
    'of all TCP ports of %s only SSH answers an outsider',
    async (address) => {
      expect(await answeringPorts(lab, address)).toEqual([22]);
    },
  );

  test('a UDP listener that nobody declared receives nothing from outside', async () => {
    await listenUdp(lab, 'host-2', 9999);
    const target = { host: 'host-2', port: 9999 };
    expect(await hears(lab, { ...target, from: 'host-1', address: publicAddress(2) })).toBe(false);
    expect(await hears(lab, { ...target, from: 'host-1', address: '10.50.0.2' })).toBe(false);
    // It does hear what is let through: else this test could not fail.
    expect(await hears(lab, { ...target, from: 'host-2', address: '127.0.0.1' })).toBe(true);
  });

  test('the mesh is back after a reboot of a host', async () => {
    await lab.stop('host-2');
    await lab.start('host-2');
    const { code, stdout } = await lab.wgpush('drift', '-i', 'prod', '--format', 'json');
    expect(outcomes(reportIn(stdout))).toBe('host-1 unchanged, host-2 unchanged, host-3 unchanged');
    expect(code).toBe(0);
  });

  test('verify fails, and says why, where a service is open to the public', async () => {
    await lab.on('host-3', 'ufw allow 5432/tcp');
    const { code, stdout } = await lab.wgpush('verify', '-i', 'prod', '--format', 'json');
    expect(code).toBe(3);
    expect(reportIn(stdout).checks.filter(({ status }) => status === 'fail')).toEqual([
      {
        id: 'INV-1',
        host: 'host-3',
        title: 'no rule of host-3 admits what nobody declared',
        status: 'fail',
        evidence: 'allow 5432/tcp from anywhere; allow 5432/tcp from anywhere (v6)',
      },
      {
        id: 'SC-2',
        host: 'host-3',
        title: 'postgres is closed on the public address 203.0.113.13:5432',
        status: 'fail',
        evidence: 'it accepted a connection from the controller',
      },
      {
        id: 'SC-2',
        host: 'host-3',
        title: 'postgres of host-3 is closed to other hosts past WireGuard',
        status: 'fail',
        evidence: 'it accepted a connection from host-1, host-2 over 203.0.113.13',
      },
    ]);
    expect((await lab.wgpush('apply', '-i', 'prod', '--yes')).code).toBe(0);
    expect((await lab.wgpush('verify', '-i', 'prod')).code).toBe(0);
  });
});
