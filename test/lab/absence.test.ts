/** Who is missing from a run, unreachable or left out by --limit, costs nobody a peer. */
import { inventoryOf, outcomes, reportIn } from './inventory';
import { type Lab, labUp } from './running-lab';

let lab: Lab;

beforeAll(async () => {
  lab = await labUp('absence', 3);
  await lab.writeInventory('prod', inventoryOf(lab));
});

afterAll(() => lab.down());

async function apply(...args: readonly string[]) {
  const ended = await lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json', ...args);
  return { code: ended.code, report: reportIn(ended.stdout) };
}

async function peersOf(host: string): Promise<number> {
  const { stdout } = await lab.on(
    host,
    'grep -c ^.Peer /etc/wireguard/wg0.conf; wg show wg0 peers',
  );
  const [inFile, ...running] = stdout.trim().split('\n');
  expect(running).toHaveLength(Number(inFile));
  return running.length;
}

test('a host that has never been reached has no key, and the others are meshed without it', async () => {
  await lab.stop('host-3');
  const { code, report } = await apply('--timeout', '3');
  expect(outcomes(report)).toBe('host-1 changed, host-2 changed, host-3 unreachable');
  expect(report.hosts[2]?.error).toMatch(/^connection to 203\.0\.113\.13:22 /);
  expect(code).toBe(4);
  expect(await peersOf('host-1')).toBe(1);
  const skipped = report.checks.filter(({ status }) => status === 'skip');
  expect(skipped.map(({ evidence }) => evidence)).toContain(
    'host-3 has no key yet; apply makes one',
  );
  expect(skipped.map(({ title, evidence }) => `${title}: ${evidence}`)).toContain(downService);
});

/** What runs on a host that is down is not judged, and the firewall is not accused. */
const downService =
  'host-1 reaches postgres on host-3 at 10.50.0.3:5432: ' +
  'no answer, and none to a ping of host-3, which could not be reached in this run';

test('once it is back, one apply makes it everybody’s peer', async () => {
  await lab.start('host-3');
  const { code, report } = await apply();
  expect(outcomes(report)).toBe('host-1 changed, host-2 changed, host-3 changed');
  expect(code).toBe(0);
  expect(await Promise.all(lab.hosts.map(peersOf))).toEqual([2, 2, 2]);
});

describe('with one host down', () => {
  beforeAll(async () => {
    await lab.stop('host-3');
    await lab.on('host-1', 'ufw allow 9999');
  });

  afterAll(() => lab.start('host-3'));

  test('drift exits with 4: an unreachable host is never clean', async () => {
    const { code, stdout } = await lab.wgpush(
      ...(['drift', '-i', 'prod', '--format', 'json', '--timeout', '3'] as const),
    );
    const report = reportIn(stdout);
    expect(outcomes(report)).toBe('host-1 pending, host-2 unchanged, host-3 unreachable');
    expect(code).toBe(4);
    const titles = report.checks.flatMap(({ status, title }) => (status === 'fail' ? title : []));
    expect(titles).toEqual(expect.arrayContaining(['host-1 reaches host-3 at 10.50.0.3']));
    const skipped = report.checks.filter(({ status }) => status === 'skip');
    expect(skipped.map(({ title, evidence }) => `${title}: ${evidence}`)).toContain(downService);
  });

  test('an apply exits with 4, does the others, and nobody loses a peer', async () => {
    const { code, report } = await apply('--timeout', '3');
    expect(outcomes(report)).toBe('host-1 changed, host-2 unchanged, host-3 unreachable');
    expect(code).toBe(4);
    expect(await peersOf('host-1')).toBe(2);
    expect(await peersOf('host-2')).toBe(2);
  });
});

describe('with --limit', () => {
  test('only the hosts named are asked and changed, and they keep all their peers', async () => {
    await Promise.all(lab.hosts.map((host) => lab.on(host, 'ufw allow 9999')));
    const { code, report } = await apply('--limit', 'web:!host-2');
    expect(outcomes(report)).toBe('host-1 changed');
    expect(code).toBe(0);
    expect(await peersOf('host-1')).toBe(2);
    const { stdout } = await lab.wgpush('plan', '-i', 'prod', '--format', 'json');
    expect(outcomes(reportIn(stdout))).toBe('host-1 unchanged, host-2 pending, host-3 pending');
    expect((await apply()).code).toBe(0);
  });

  test('a name that nobody answers to is a mistake, not an empty run', async () => {
    const { code, stderr } = await lab.wgpush('apply', '-i', 'prod', '--limit', 'host-7');
    expect(stderr).toContain('no host or group is called host-7');
    expect(code).toBe(1);
  });
});

describe('a host that is not who the lock says', () => {
  test('another WireGuard key is an alarm and is left alone', async () => {
    const { stdout: key } = await lab.on('host-1', 'cat /etc/wireguard/wg0.key');
    await lab.on('host-1', 'wg genkey >/etc/wireguard/wg0.key');
    const { code, report } = await apply();
    expect(outcomes(report)).toBe('host-1 failed, host-2 unchanged, host-3 unchanged');
    expect(report.hosts[0]?.error).toMatch(/the lock knows the host by key [0-9a-f]{16}.*INV-2/);
    expect(code).toBe(3);
    await lab.on('host-1', `echo ${key.trim()} >/etc/wireguard/wg0.key`);
    expect((await apply()).code).toBe(0);
  });

  test('another SSH host key is a hard stop that shows both fingerprints', async () => {
    await lab.on(
      'host-1',
      'cp -a /etc/ssh /root/ssh; rm /etc/ssh/ssh_host_*; ssh-keygen -qA; systemctl restart ssh',
    );
    const { code, report } = await apply();
    expect(outcomes(report)).toBe('host-1 unreachable, host-2 unchanged, host-3 unchanged');
    const { stdout: shown } = await lab.on(
      'host-1',
      'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key',
    );
    const { stdout: known } = await lab.on(
      'host-1',
      'ssh-keygen -lf /root/ssh/ssh_host_ed25519_key',
    );
    for (const line of [shown, known]) {
      expect(report.hosts[0]?.error).toContain(/SHA256:\S+/.exec(line)?.[0]);
    }
    expect(code).toBe(4);
    await lab.on('host-1', 'cp -a /root/ssh/. /etc/ssh/; systemctl restart ssh');
    expect((await apply()).code).toBe(0);
  });
});
