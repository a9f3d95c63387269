/** Others at work on the same hosts: another controller, and the host's own upgrades. */
import { once } from 'node:events';
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

test('a push waits for whoever has the lock of dpkg, and names it', async () => {
  const { stdout: pid } = await lab.on('host-1', upgrade);
  const { code, stderr, report } = await apply();
  const line = `host-1: waits for unattended-upgr, process ${pid.trim()}, to give /var/lib/dpkg/lock-frontend free`;
  expect(stderr).toContain(line);
  expect(stderr).not.toContain('host-2: waits');
  expect(outcomes(report)).toBe('host-1 changed, host-2 changed');
  expect(code).toBe(0);
  expect(outcomes((await apply()).report)).toBe('host-1 unchanged, host-2 unchanged');
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
