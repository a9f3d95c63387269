/** Others at work on the same hosts: another controller, before or meanwhile, and the host's own upgrades. */
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startApply, when } from './cut-short';
import { inventoryOf, outcomes, reportIn } from './inventory';
import { type Lab, labUp } from './running-lab';

let lab: Lab;

beforeAll(async () => {
  lab = await labUp('operators', 2);
  await lab.writeInventory('prod', inventoryOf(lab));
}, 300_000);

afterAll(() => lab.down());

async function apply(...args: readonly string[]) {
  const ended = await lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json', ...args);
  return { ...ended, report: reportIn(ended.stdout) };
}

/** Has the lock of dpkg until a push has been there for some seconds, as apt has it: by fcntl(2). */
const upgrade = `perl -e '
use Fcntl; $0 = "unattended-upgr"; open(F, ">>", "/var/lib/dpkg/lock-frontend") or die;
$lock = pack("s s x4 q q l x4", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die;
sleep 1 until -e "/run/wgpush-lock"; sleep 3' >/dev/null 2>&1 &
sleep 1; echo $!`;

/** A file of the directory that wgpush runs in. */
const fileAt = (name: string) => join(lab.directory, name);

test('a plan is saved for its owner alone, and has no keys and no commands', async () => {
  const { code, stdout, stderr } = await lab.wgpush('plan', '-i', 'prod', '--out', 'plan.json');
  expect(stdout).toContain('Nothing was changed.');
  expect(stderr).toContain('wgpush apply -i prod --plan plan.json');
  expect(code).toBe(2);
  expect(statSync(fileAt('plan.json')).mode & 0o777).toBe(0o600);
  const text = readFileSync(fileAt('plan.json'), 'utf8');
  expect(text).toContain('"summary": "install wireguard-tools, nftables, ufw"');
  expect(text).not.toMatch(/[A-Za-z0-9+/]{43}=|apt-get/);
});

test('it is done as it was planned, by a push that waits for the lock of dpkg and names who has it', async () => {
  const { stdout: pid } = await lab.on('host-1', upgrade);
  const { code, stderr, report } = await apply('--plan', 'plan.json');
  const line = `host-1: waits for unattended-upgr, process ${pid.trim()}, to give /var/lib/dpkg/lock-frontend free`;
  expect(stderr).toContain(line);
  expect(stderr).not.toContain('host-2: waits');
  expect(outcomes(report)).toBe('host-1 changed, host-2 changed');
  expect(code).toBe(0);
  expect(outcomes((await apply()).report)).toBe('host-1 unchanged, host-2 unchanged');
});

test('once it is done it is refused as a whole, for the lock knows the keys', async () => {
  const { code, stderr } = await lab.wgpush('apply', '-i', 'prod', '--yes', '--plan', 'plan.json');
  expect(stderr).toMatch(
    /plan\.json was made for another state of the inventory: wgpush\.lock\.yaml is new; nothing was done; make a new one with wgpush plan -i prod --out plan\.json/,
  );
  expect(code).toBe(1);
});

test('a host that was changed since is refused, and the other one goes on', async () => {
  await Promise.all(lab.hosts.map((host) => lab.on(host, 'ufw allow 9999')));
  await lab.wgpush('plan', '-i', 'prod', '--quiet', '--out', 'plan.json');
  await lab.on('host-1', 'ufw allow 7777');
  const { code, report } = await apply('--plan', 'plan.json');
  expect(outcomes(report)).toBe('host-1 failed, host-2 changed');
  expect(report.hosts[0]?.error).toMatch(/^changed since the plan was made; nothing was done/);
  expect(code).toBe(3);
  expect((await lab.on('host-1', 'ufw status | grep -c 9999')).stdout).toBe('2\n');
  // Once it is as it was, the same plan will do.
  await lab.on('host-1', 'ufw delete allow 7777');
  const again = await apply('--plan', 'plan.json');
  expect(outcomes(again.report)).toBe('host-1 changed, host-2 unchanged');
  expect(again.code).toBe(0);
});

test('of two controllers at once one wins, and the other says who', async () => {
  await lab.rewriteInventory('prod', {
    ...inventoryOf(lab),
    'mesh.yaml': `network: { subnets: [10.50.0.0/24, 'fd50:50:50::/64'] }
roles: { all: [install, wireguard, firewall, bindings, verify], web: [slow] }
`,
    'roles/slow/role.yaml': `description: steps that are slow enough to be met
tasks:
  - file:
      path: /etc/systemd/system/slow.service
      content: ['[Service]', Type=oneshot, RemainAfterExit=yes, ExecStart=sleep 8]
  - systemd-unit: { unit: slow.service, running: true }
  - sysctl: { name: 70-slow, values: { net.ipv4.tcp_keepalive_time: 700 } }
`,
  });
  const first = startApply(lab, 'prod', 60);
  const firstEnds = once(first, 'exit');
  let second: Awaited<ReturnType<typeof apply>> | undefined;
  // Of another machine it would be another directory.
  await when(lab, '[ "$(systemctl is-active slow)" = activating ]', async () => {
    await lab.on('host-1', 'rm /run/hold');
    second = await apply('--limit', 'host-1', '--state', `${lab.directory}/.elsewhere`);
  });
  expect(second?.report.hosts[0]).toMatchObject({ outcome: 'failed' });
  expect(second?.report.hosts[0]?.error).toMatch(
    /^being changed by \S+@\S+, process \d+, since \d{4}-\d\d-\d\d [\d:]{8} UTC, until .* UTC at the latest; nothing was done, run again then$/,
  );
  expect(second?.code).toBe(3);
  expect(await firstEnds).toEqual([0, null]);
  expect((await lab.on('host-1', 'ls -d /run/wgpush*')).stdout).toBe('');
  expect(outcomes((await apply()).report)).toBe('host-1 unchanged, host-2 unchanged');
});
