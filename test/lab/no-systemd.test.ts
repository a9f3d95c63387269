/** A host without systemd: its firewall is pushed and guarded like any other. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startApply, stateOf, when } from './cut-short';
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
  await lab.rewriteInventory('prod', {
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
  });
}

test('there is no systemd', async () => {
  expect((await lab.on('host-1', 'systemctl is-system-running')).stdout).toContain('offline');
});

test('a controller that is killed leaves it as it was, and no watchdog behind', async () => {
  await declare('[install, policy]');
  const before = await stateOf(lab);
  const child = startApply(lab, 'prod', 4);
  await when(lab, 'grep -q ENABLED=yes /etc/ufw/ufw.conf', () => child.kill('SIGKILL'));
  for (let tries = 0; tries < 60 && (await stateOf(lab)) !== before; tries += 1) await sleep(500);
  expect(await stateOf(lab)).toBe(before);
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
