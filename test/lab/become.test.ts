/** Hosts that let in a user who is not root, and let that user become root by sudo. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

const password = 'open-sesame-4711';

describe('with a password for sudo', () => {
  beforeAll(async () => {
    await lab.on(
      'host-1',
      `apt-get install -y -q opendoas >/dev/null 2>&1; rm /etc/sudoers.d/deploy;
       echo 'permit nopass deploy as root' >/etc/doas.conf; chmod 600 /etc/doas.conf`,
    );
    await lab.on(
      'host-2',
      `printf 'deploy ALL=(ALL) ALL\\n' >/etc/sudoers.d/deploy; echo 'deploy:${password}' | chpasswd`,
    );
    const { 'hosts.yaml': hosts = '', ...others } = inventoryOf(lab);
    await lab.rewriteInventory('prod', {
      ...others,
      'hosts.yaml': hosts
        .replace('ansible_user: root', 'ansible_user: deploy, ansible_become: true')
        .replace(`{ ansible_host: ${publicAddress(1)} }`, (found) =>
          found.replace(' }', ', ansible_become_method: doas }'),
        ),
    });
    await writeFile(join(lab.directory, 'password'), `${password}\n`, { mode: 0o600 });
    await writeFile(join(lab.directory, 'wrong'), 'wrong-4711\n', { mode: 0o600 });
  }, 120_000);

  const run = (command: string, ...args: readonly string[]) =>
    lab.wgpush(command, '-i', 'prod', '--format', 'json', ...args);
  const given = ['--become-password-file', 'password'];

  test('a user who gives none is unreachable, and is told what to do', async () => {
    const { code, stdout } = await run('plan');
    const [first, second] = reportIn(stdout).hosts;
    expect(first).toMatchObject({ outcome: 'unchanged' });
    expect(second).toMatchObject({ outcome: 'unreachable' });
    expect(second?.error).toMatch(/deploy can't become root .* required; .*--ask-become-pass/);
    expect(code).toBe(4);
  });

  test('a wrong one is named, and is tried once', async () => {
    const { code, stdout, stderr } = await run('plan', '--become-password-file', 'wrong');
    const error = reportIn(stdout).hosts[1]?.error;
    expect(error).toMatch(/deploy can't become root .*: sudo does not accept the password$/);
    expect(stdout + stderr).not.toContain('wrong-4711');
    expect(code).toBe(4);
    const { stdout: log } = await lab.on('host-2', 'journalctl -q --no-pager _COMM=sudo');
    expect(log.match(/authentication failure;/g)).toHaveLength(1);
  });

  test('an apply by sudo and by doas changes them, and the second says unchanged', async () => {
    await Promise.all(lab.hosts.map((host) => lab.on(host, 'ufw allow 9999')));
    const first = await run('apply', '--yes', '--verbose', ...given);
    expect(outcomes(reportIn(first.stdout))).toBe('host-1 changed, host-2 changed');
    const second = await run('apply', '--verbose', ...given);
    expect(outcomes(reportIn(second.stdout))).toBe('host-1 unchanged, host-2 unchanged');
    const verified = await run('verify', ...given);
    const { checks } = reportIn(verified.stdout);
    expect(checks.filter(({ id, status }) => id === 'SC-1' && status === 'pass')).toHaveLength(4);
    const back = await run('rollback', '--yes', '--limit', 'host-2', ...given);
    expect(outcomes(reportIn(back.stdout))).toMatch(/^host-2 changed/);
    for (const { stdout, stderr } of [first, second, verified, back]) {
      expect(stdout + stderr).not.toContain(password);
    }
  });

  test('the password is in no file of the controller but its own, and on no host', async () => {
    const seen = await lab.outside(`grep -rlF ${password} ${lab.directory}`);
    expect(seen.stdout).toBe(`${join(lab.directory, 'password')}\n`);
    for (const host of lab.hosts) {
      const found = await lab.on(host, `grep -rlF ${password} /etc /var/log /var/lib /home /tmp`);
      expect(found.stdout).toBe('');
    }
  });

  test('doas that asks for a password can not be answered, and says so', async () => {
    await lab.on('host-1', "echo 'permit deploy as root' >/etc/doas.conf");
    const { code, stdout } = await run('plan', ...given);
    expect(reportIn(stdout).hosts[0]?.error).toMatch(
      /deploy can't become root .*: doas: .*; doas reads a password from a terminal only/,
    );
    expect(code).toBe(4);
  });

  test('a sudo that wants a terminal says what to write', async () => {
    await lab.on(
      'host-2',
      "printf 'Defaults requiretty\\ndeploy ALL=(ALL) ALL\\n' >/etc/sudoers.d/deploy",
    );
    const { stdout } = await run('plan', ...given);
    expect(reportIn(stdout).hosts[1]?.error).toMatch(/tty to run sudo; .*Defaults:deploy !require/);
  });
});
