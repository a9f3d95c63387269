/** A host without systemd: its firewall is pushed and guarded like any other. */
import { spawn } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inventoryOf, outcomes, reportIn } from './inventory';
import { canReach } from './listener';
import { type Lab, labUp, publicAddress } from './running-lab';

let lab: Lab;

beforeAll(async () => {
  lab = await labUp('no-systemd', 2, { noSystemd: ['host-1'] });
  await declare('[install]');
  expect((await lab.wgpush('apply', '-i', 'prod', '--yes')).code).toBe(0);
});

afterAll(() => lab.down());

/** The built-in role has units; this one has the policy alone. */
async function declare(roles: string): Promise<void> {
  const lockFile = `${lab.directory}/inventory/prod/wgpush.lock.yaml`;
  const { stdout: lock } = await lab.outside(`cat ${lockFile} 2>/dev/null`);
  await lab.writeInventory('prod', {
    ...inventoryOf(lab),
    'mesh.yaml': `network: { subnets: [10.50.0.0/24, 'fd50:50:50::/64'] }
roles: { all: ${roles} }
`,
    'roles/policy/role.yaml': `description: the firewall, and no unit
tasks:
  - file: { path: /etc/motd, content: "guarded\\n" }
  - firewall:
      backend: $firewall.backend
      interface: $wireguard.interface
      policy: $firewall.policy
      unmanaged_rules: $firewall.unmanaged_rules
`,
    ...(lock === '' ? {} : { 'wgpush.lock.yaml': lock }),
  });
}

async function state(): Promise<string> {
  const { stdout } = await lab.on(
    'host-1',
    `find /etc/ufw /etc/wgpush /etc/default/ufw /etc/motd -type f -exec sha256sum {} + 2>/dev/null | sort
for tool in iptables ip6tables; do $tool-save -t filter | sed -n -e 's/ *\\[[0-9]*:[0-9]*\\]$//' -e '/^[:-]/p' | sort -s -k 1,2; done
nft -s list table inet wgpush 2>/dev/null`,
  );
  return stdout;
}

test('there is no systemd', async () => {
  expect((await lab.on('host-1', 'systemctl is-system-running')).stdout).toContain('offline');
});

test('a controller that is killed leaves it as it was, and no watchdog behind', async () => {
  await declare('[install, policy]');
  const before = await state();
  const known = join('/run/wgpush-lab', basename(dirname(lab.keyFile)), 'known_hosts');
  const args = ['apply', '-i', 'prod', '--yes', '--limit', 'host-1', '--confirm-timeout', '4'];
  const child = spawn(
    join(__dirname, 'lab'),
    [
      'outside',
      '--name',
      basename(dirname(lab.keyFile)),
      lab.program,
      ...args,
      '--quiet',
      '--known-hosts',
      known,
    ],
    { cwd: lab.directory, stdio: 'ignore' },
  );
  const changed = 'grep -q ENABLED=yes /etc/ufw/ufw.conf';
  const { code } = await lab.on(
    'host-1',
    `for i in $(seq 400); do ${changed} && exit; sleep 0.02; done; exit 1`,
  );
  child.kill('SIGKILL');
  expect(code).toBe(0);
  for (let tries = 0; tries < 60 && (await state()) !== before; tries += 1) await sleep(500);
  expect(await state()).toBe(before);
  await sleep(1500);
  const { stdout } = await lab.on('host-1', 'ps -eo stat,args');
  expect(stdout.split('\n').filter((line) => /undo/.test(line) && !line.startsWith('Z'))).toEqual(
    [],
  );
});

test('an apply is confirmed, and the second one finds it unchanged', async () => {
  const first = await lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json');
  expect(outcomes(reportIn(first.stdout))).toBe('host-1 changed, host-2 changed');
  expect(await canReach(lab, 'host-2', publicAddress(1), 22)).toBe(true);
  const second = await lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json');
  expect(outcomes(reportIn(second.stdout))).toBe('host-1 unchanged, host-2 unchanged');
});
