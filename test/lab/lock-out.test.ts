/**
 * Pushes that cut their own path: SSH works again within the window, and the host is either wholly
 * as it was or wholly as it was to be.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { closingTask, startApply, stateOf, when } from './cut-short';
import { inventoryOf, reportIn } from './inventory';
import { type Lab, labUp, publicAddress } from './running-lab';

let lab: Lab;

/** Ports apart from each other, so that the packet table has sets of them. */
const services = `services:
  kafka: { owner: data-team, hosts: all, ports: [9092, 9095, "9100-9110"], from: all, loopback: reject }
`;

beforeAll(async () => {
  lab = await labUp('lockout', 2);
  await lab.writeInventory('prod', inventoryOf(lab, { 'services.yaml': services }));
  expect((await apply('prod')).code).toBe(0);
}, 300_000);

afterAll(() => lab.down());

async function apply(name: string, ...args: readonly string[]) {
  const ended = await lab.wgpush(
    ...(['apply', '-i', name, '--yes', '--format', 'json', '--confirm-timeout', '5'] as const),
    ...(['--timeout', '2'] as const),
    ...args,
  );
  return { code: ended.code, report: reportIn(ended.stdout) };
}

/** An inventory in which host-1 has a role of these tasks. */
async function withRole(name: string, tasks: string): Promise<void> {
  const files = inventoryOf(lab, { 'services.yaml': services });
  await lab.writeInventory(name, {
    ...files,
    'mesh.yaml': `${files['mesh.yaml'] ?? ''}roles: { all: [install, wireguard, firewall, trial, bindings, verify] }\n`,
    'roles/trial/role.yaml': `description: a trial\ntasks:\n${tasks}`,
  });
}

async function answers(): Promise<boolean> {
  const { code } = await lab.outside(
    `ssh -i ${lab.keyFile} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=2 -o BatchMode=yes root@${publicAddress(1)} true`,
  );
  return code === 0;
}

/** Waits until host-1 lets us in and has nothing open, and gives its state. */
async function settled(): Promise<string> {
  // A push that has lost its controller may be saving yet.
  await sleep(1500);
  for (let tries = 0; tries < 60; tries += 1) {
    const { stdout } = await lab.on('host-1', '/bin/sh /var/lib/wgpush/undo/undo state');
    if (!/armed|restoring/.test(stdout) && (await answers())) return stateOf(lab);
    await sleep(500);
  }
  throw new Error('host-1 does not let us in');
}

const trials: readonly (readonly [string, string])[] = [
  [
    'the port of sshd is changed',
    `  - file: { path: /etc/ssh/sshd_config.d/port.conf, content: "Port 2222\\n", restart: ssh.service }
`,
  ],
  [
    'a unit closes the port of SSH',
    `${closingTask}  - sysctl: { name: 70-trial, values: { net.ipv4.tcp_keepalive_time: 700 } }
`,
  ],
];

test.each(trials)('%s: the host goes back, and that is said', async (_, tasks) => {
  await withRole('trial', tasks);
  const before = await stateOf(lab);
  const { code, report } = await apply('trial', '--limit', 'host-1');
  expect(report.hosts[0]).toMatchObject({ outcome: 'failed' });
  expect(report.hosts[0]?.error).toMatch(/^no new connection came about .*; rolled back$/);
  expect(code).toBe(3);
  expect(await answers()).toBe(true);
  expect(await stateOf(lab)).toBe(before);
});

test('a step that fails is taken back at once', async () => {
  await withRole(
    'trial',
    `  - sysctl: { name: 70-trial, values: { net.ipv4.tcp_keepalive_time: 700 } }
  - file: { path: /no/such/directory/file, content: "x" }
`,
  );
  const before = await stateOf(lab);
  const { code, report } = await apply('trial', '--limit', 'host-1');
  expect(report.hosts[0]?.error).toMatch(
    /"write \/no\/such\/directory\/file" failed .*; rolled back$/s,
  );
  expect(code).toBe(3);
  expect(await stateOf(lab)).toBe(before);
});

/** A role whose steps are slow enough to be watched: each writes its file, the unit takes a second. */
const slow = `  - file:
      path: /etc/systemd/system/slow.service
      content: ['[Service]', Type=oneshot, RemainAfterExit=yes, ExecStart=sleep 1]
  - systemd-unit: { unit: slow.service, running: true }
  - sysctl: { name: 70-trial, values: { net.ipv4.tcp_keepalive_time: 700 } }
`;
/** What is seen on the host when a push has come so far. */
const marks: readonly (readonly [string, string])[] = [
  ['is saving', '[ -e /var/lib/wgpush/undo.new ] || [ -e /var/lib/wgpush/undo/armed ]'],
  ['has armed', '[ -e /var/lib/wgpush/undo/armed ]'],
  ['has written a file', '[ -e /etc/systemd/system/slow.service ]'],
  ['starts a unit', '[ "$(systemctl is-active slow)" = activating ]'],
  ['has written another', '[ -e /etc/sysctl.d/70-trial.conf ]'],
  ['has made all changes', '[ "$(cat /proc/sys/net/ipv4/tcp_keepalive_time)" = 700 ]'],
];

/** Kills the controller when the push has come so far. */
async function killedWhen(mark: string): Promise<void> {
  const child = startApply(lab, 'trial', 5);
  await when(lab, mark, () => child.kill('SIGKILL'));
}

describe('a host that was not to be left half changed', () => {
  let before = '';

  beforeAll(async () => {
    await withRole('trial', slow);
    before = await stateOf(lab);
  });

  test.each(marks)('goes back when the controller is killed while the push %s', async (_, mark) => {
    await killedWhen(mark);
    expect(await settled()).toBe(before);
  });

  test('goes back when its network is cut during the push', async () => {
    const child = startApply(lab, 'trial', 5);
    await when(lab, marks[3]?.[1] ?? 'false', () => lab.outside('ip link set host-1 down'));
    await sleep(8000);
    await lab.outside('ip link set host-1 up');
    expect(await settled()).toBe(before);
    child.kill('SIGKILL');
  });

  test('goes back when its disk has filled up meanwhile', async () => {
    await killedWhen(marks.at(-1)?.[1] ?? 'false');
    await lab.on('host-1', 'for size in 1M 4k; do dd if=/dev/zero of=/full.$size bs=$size; done');
    const after = await settled();
    const { stdout } = await lab.on('host-1', '/bin/sh /var/lib/wgpush/undo/undo state');
    await lab.on('host-1', 'rm /full.*');
    expect(after).toBe(before);
    expect(stdout).toBe('restored\n');
  });

  test('goes back when it boots in the middle of the window', async () => {
    await killedWhen(marks.at(-1)?.[1] ?? 'false');
    await lab.stop('host-1');
    await lab.start('host-1');
    expect(await settled()).toBe(before);
    const { stdout } = await lab.on(
      'host-1',
      '/bin/sh /var/lib/wgpush/undo/undo state; ls /etc/systemd/system/sysinit.target.wants',
    );
    expect(stdout).toContain('restored\n');
    expect(stdout).not.toContain('wgpush-undo');
  });

  test('and is changed by the next apply, and not by the one after', async () => {
    expect((await apply('trial', '--limit', 'host-1')).report.hosts[0]?.outcome).toBe('changed');
    expect((await apply('trial', '--limit', 'host-1')).report.hosts[0]?.outcome).toBe('unchanged');
  });

  test('until somebody rolls it back, which can be done once', async () => {
    const rollback = (...args: readonly string[]) =>
      lab.wgpush('rollback', '-i', 'trial', '--yes', '--format', 'json', ...args);
    const first = await rollback('--limit', 'host-1');
    expect(reportIn(first.stdout).hosts).toMatchObject([{ host: 'host-1', outcome: 'changed' }]);
    expect(first.code).toBe(0);
    expect(await stateOf(lab)).toBe(before);
    const second = await rollback('--limit', 'host-1');
    expect(reportIn(second.stdout).hosts).toMatchObject([{ outcome: 'unchanged' }]);
    expect(second.stdout).toContain('host-1 has nothing to go back to');
    expect(second.code).toBe(0);
    const all = await rollback();
    expect(all.stderr).toContain('rollback needs --limit');
    expect(all.code).toBe(1);
  });
});

describe('a host whose firewall is being replaced', () => {
  /** What is seen when the push has come so far; `nftables` takes the place of ufw. */
  const steps: readonly (readonly [string, string])[] = [
    ['has loaded the packet table', 'nft list chain inet wgpush input >/dev/null 2>&1'],
    ['has disabled ufw', 'grep -q ENABLED=no /etc/ufw/ufw.conf'],
    ['has made all changes', '[ "$(systemctl is-enabled ufw)" = disabled ]'],
  ];
  let before = '';

  beforeAll(async () => {
    expect((await apply('prod', '--limit', 'host-1')).code).toBe(0);
    const files = inventoryOf(lab, { 'services.yaml': services });
    const mesh = `${files['mesh.yaml'] ?? ''}firewall: { backend: nftables }\n`;
    await lab.writeInventory('trial', { ...files, 'mesh.yaml': mesh });
    before = await stateOf(lab);
    expect(before).toContain('-A ufw-user-input');
  });

  test.each(steps)(
    'has the old one when the controller is killed while the push %s',
    async (_, mark) => {
      await killedWhen(mark);
      expect(await settled()).toBe(before);
    },
  );

  test('has the old one when it boots in the middle of the window', async () => {
    await killedWhen(steps.at(-1)?.[1] ?? 'false');
    await lab.stop('host-1');
    await lab.start('host-1');
    expect(await settled()).toBe(before);
  });

  test('has the new one after a whole apply, and the old one after a rollback', async () => {
    expect((await apply('trial', '--limit', 'host-1')).report.hosts[0]?.outcome).toBe('changed');
    const after = await stateOf(lab);
    expect(after).toContain('chain input');
    expect(after).not.toContain('-A ufw-user-input');
    const { code } = await lab.wgpush('rollback', '-i', 'trial', '--yes', '--limit', 'host-1');
    expect(code).toBe(0);
    expect(await stateOf(lab)).toBe(before);
  });
});
