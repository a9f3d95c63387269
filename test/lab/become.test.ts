/** Hosts that let in a user who is not root, and let that user become root by sudo. */
import { closingTask, stateOf } from './cut-short';
import { inventoryOf, outcomes, reportIn } from './inventory';
import { type Lab, labUp, publicAddress } from './running-lab';

let lab: Lab;

/** A user `deploy` with the lab's key; NOPASSWD or not is what `rule` says. */
async function withUser(host: string, rule: string): Promise<void> {
  const { code, stderr } = await lab.on(
    host,
    `useradd --create-home --shell /bin/sh deploy && cp -r /root/.ssh /home/deploy/ &&
     chown -R deploy: /home/deploy/.ssh && printf '%s\\n' '${rule}' >/etc/sudoers.d/deploy`,
  );
  if (code !== 0) throw new Error(stderr);
}

beforeAll(async () => {
  lab = await labUp('become', 2);
  await withUser('host-1', 'deploy ALL=(ALL) NOPASSWD: ALL');
  await withUser('host-2', 'deploy ALL=(root) NOPASSWD: ALL');
  const { 'hosts.yaml': hosts = '', ...others } = inventoryOf(lab);
  const asUser = hosts.replace('ansible_user: root', 'ansible_user: deploy, ansible_become: true');
  await lab.writeInventory('prod', { ...others, 'hosts.yaml': asUser });
}, 300_000);

afterAll(() => lab.down());

test('an apply by sudo makes them a mesh, and the second says unchanged', async () => {
  const first = await lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json');
  expect(outcomes(reportIn(first.stdout))).toBe('host-1 changed, host-2 changed');
  expect(first.code).toBe(0);
  const second = await lab.wgpush('apply', '-i', 'prod', '--format', 'json');
  expect(outcomes(reportIn(second.stdout))).toBe('host-1 unchanged, host-2 unchanged');
  expect(second.code).toBe(0);
});

test('drift finds nothing, and each host reaches the other', async () => {
  const { code, stdout } = await lab.wgpush('drift', '-i', 'prod', '--format', 'json');
  const { checks } = reportIn(stdout);
  expect(checks.filter(({ id, status }) => id === 'SC-1' && status === 'pass')).toHaveLength(4);
  expect(code).toBe(0);
});

test('a host that is cut off goes back by itself, as it does for root', async () => {
  const { 'hosts.yaml': hosts = '', 'mesh.yaml': mesh = '', ...others } = inventoryOf(lab);
  await lab.writeInventory('cut', {
    ...others,
    'hosts.yaml': hosts.replace('ansible_user: root', 'ansible_user: deploy, ansible_become: true'),
    'mesh.yaml': `${mesh}roles: { all: [cut] }\n`,
    'roles/cut/role.yaml': `description: a trial\ntasks:\n${closingTask}`,
  });
  const before = await stateOf(lab);
  const { stdout } = await lab.wgpush(
    ...(['apply', '-i', 'cut', '--yes', '--format', 'json', '--limit', 'host-1'] as const),
    ...(['--confirm-timeout', '4', '--timeout', '2'] as const),
  );
  expect(reportIn(stdout).hosts[0]?.error).toMatch(
    /^no new connection came about .*; rolled back$/,
  );
  expect(await stateOf(lab)).toBe(before);
});

test('a policy that would close the path of the session is refused, as it is for root', async () => {
  const closed = 'firewall: { ssh: { sources: [192.0.2.1] } }\n';
  const before = inventoryOf(lab);
  await lab.writeInventory('closed', {
    ...before,
    'hosts.yaml': `all: { vars: { ansible_user: deploy, ansible_become: true, ansible_ssh_private_key_file: ${lab.keyFile} }, hosts: { host-1: { ansible_host: ${publicAddress(1)} } } }\n`,
    'mesh.yaml': `${before['mesh.yaml'] ?? ''}${closed}`,
    'services.yaml': 'services: {}\n',
  });
  const { code, stdout } = await lab.wgpush('plan', '-i', 'closed', '--format', 'json');
  expect(reportIn(stdout).hosts[0]).toMatchObject({ outcome: 'failed' });
  expect(reportIn(stdout).hosts[0]?.error).toMatch(/203\.0\.113\.1|SSH/);
  expect(code).toBe(3);
});

test('a user who must give a password is unreachable, and is told what to do', async () => {
  await lab.on('host-2', "printf 'deploy ALL=(ALL) ALL\\n' >/etc/sudoers.d/deploy");
  const { code, stdout } = await lab.wgpush('plan', '-i', 'prod', '--format', 'json');
  const [, second] = reportIn(stdout).hosts;
  expect(second).toMatchObject({ outcome: 'unreachable' });
  expect(second?.error).toMatch(/deploy can't become root .* password is required; .* NOPASSWD/);
  expect(code).toBe(4);
});
