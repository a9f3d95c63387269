/** A role of the user's own: the exporter of the complete example, on real hosts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inventoryOf, outcomes, type Report, reportIn } from './inventory';
import { canReach, listen } from './listener';
import { type Lab, labUp, publicAddress } from './running-lab';

const example = join(__dirname, '../../inventory/complete/roles/node-exporter');
const unit = 'prometheus-node-exporter.service';
const settings = '/etc/default/prometheus-node-exporter';
const dropIn = `/etc/systemd/system/${unit}.d/10-wireguard.conf`;

let lab: Lab;

beforeAll(async () => {
  lab = await labUp('user-role', 2);
  await lab.writeInventory(
    'prod',
    inventoryOf(lab, {
      'mesh.yaml': `network: { subnets: [10.50.0.0/24, 'fd50:50:50::/64'] }
roles:
  all: [install, wireguard, firewall, bindings, verify]
  web: [node-exporter]
`,
      'services.yaml': `services:
  node-exporter: { owner: platform, hosts: web, port: 9100, from: [host-2], bind: wg }
  postgres: { owner: data-team, hosts: db, port: 5432, from: all }
`,
      // The example, and a parameter of the kernel.
      'roles/node-exporter/role.yaml': `${readFileSync(join(example, 'role.yaml'), 'utf8')}
  - sysctl: { name: 60-exporter, values: { net.ipv4.tcp_keepalive_time: 600 } }
`,
      'roles/node-exporter/files/role.prom': readFileSync(join(example, 'files/role.prom'), 'utf8'),
    }),
  );
}, 180_000);
afterAll(() => lab.down());

async function run(command: string): Promise<Report & { readonly code: number }> {
  const yes = command === 'apply' ? ['--yes', '--confirm-timeout', '5'] : [];
  const { code, stdout, stderr } = await lab.wgpush(
    command,
    '-i',
    'prod',
    ...yes,
    '--format',
    'json',
  );
  if (stdout === '') throw new Error(stderr);
  return { ...reportIn(stdout), code };
}

/** What would change on the host with the exporter, in the words of the plan. */
const summaries = (report: Report) => report.hosts[0]?.changes.map(({ summary }) => summary);
const said = (report: Report, status: string) =>
  report.checks
    .filter((check) => check.status === status)
    .map(({ title, evidence }) => `${title}: ${evidence}`);
const must = async (host: string, command: string) => {
  const { code, stdout, stderr } = await lab.on(host, command);
  if (code !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout.trim();
};

test('one apply installs it, and the second has nothing to do', async () => {
  const first = await run('apply');
  expect([first.code, outcomes(first)]).toEqual([0, 'host-1 changed, host-2 changed']);
  const second = await run('apply');
  expect([second.code, outcomes(second)]).toEqual([0, 'host-1 unchanged, host-2 unchanged']);
  const passed = said(await run('verify'), 'pass');
  expect(passed).toContainEqual(
    expect.stringContaining('host-1: the exporter answers on the WireGuard address: exit code 0'),
  );
  expect(passed).toContainEqual(
    expect.stringMatching(/node-exporter of host-1 listens .* 10\.50\.0\.\d by prometheus-node/),
  );
});

test('it answers over WireGuard, and not on the public address', async () => {
  const own = await must('host-1', "ip -4 -o address show dev wg0 | awk '{ print $4 }'");
  expect(await canReach(lab, 'host-2', own.replace(/\/.*/, ''), 9100)).toBe(true);
  expect(await canReach(lab, 'host-2', publicAddress(1), 9100)).toBe(false);
});

describe('what somebody does by hand is found by its name, and healed by one apply', () => {
  it.each([
    ['its settings', `echo 'ARGS=""' >${settings}`, [`rewrite ${settings}`, `restart ${unit}`]],
    ['its settings removed', `rm ${settings}`, [`write ${settings}`, `restart ${unit}`]],
    ['who may read them', `chmod 600 ${settings}`, [`set mode and owner of ${settings}`]],
    [
      'its drop-in',
      `rm ${dropIn}; systemctl daemon-reload`,
      [`write ${dropIn}`, `restart ${unit}`],
    ],
    [
      'a drop-in of somebody else',
      `printf '[Unit]\\nDescription=x\\n' >$(dirname ${dropIn})/20-x.conf`,
      [`let systemd read ${unit} anew`],
    ],
    ['the unit stopped', `systemctl stop ${unit}`, [`start ${unit}`]],
    ['the unit disabled', `systemctl disable ${unit}`, [`start ${unit} at boot`]],
    [
      'the unit masked',
      `systemctl mask --now ${unit}`,
      [`unmask ${unit}`, `start ${unit} at boot`, `start ${unit}`],
    ],
    ['the directory', 'chmod 777 /srv/metrics', ['set mode and owner of /srv/metrics']],
    ['a text of the role', 'echo >>/srv/metrics/role.prom', ['rewrite /srv/metrics/role.prom']],
    [
      'a running parameter',
      'echo 7200 >/proc/sys/net/ipv4/tcp_keepalive_time',
      ['set net.ipv4.tcp_keepalive_time to 600'],
    ],
    [
      'the file of the parameter',
      'rm /etc/sysctl.d/60-exporter.conf',
      ['write /etc/sysctl.d/60-exporter.conf'],
    ],
    ['the package', 'dpkg --remove prometheus-node-exporter', undefined],
  ])('%s', async (_, command, found) => {
    await must('host-1', command);
    const plan = await run('plan');
    expect([plan.code, outcomes(plan)]).toEqual([2, 'host-1 pending, host-2 unchanged']);
    if (found !== undefined) expect(summaries(plan)).toEqual(found);
    expect(outcomes(await run('apply'))).toBe('host-1 changed, host-2 unchanged');
    const after = await run('drift');
    expect([after.code, said(after, 'fail')]).toEqual([0, []]);
  });
});

test('a push that dies between the file and the restart is taken back, and made by the next', async () => {
  await must('host-1', `echo 'ARGS="--web.listen-address=:9100"' >${settings}`);
  await must('host-1', `systemctl restart ${unit}`);
  // It stands before the real one, and ends the session in the place of the restart.
  await must(
    'host-1',
    `cat >/usr/local/sbin/systemctl <<'END'
#!/bin/sh
[ "$1" = try-restart ] || exec /usr/bin/systemctl "$@"
rm "$0"
pkill -KILL -f '^sshd: root'
sleep 5
END
chmod 755 /usr/local/sbin/systemctl`,
  );
  const died = await run('apply');
  expect(died.code).toBeGreaterThan(2);
  expect(died.hosts[0]?.error).toContain('rolled back');
  expect(await must('host-1', `cat ${settings}`)).toBe('ARGS="--web.listen-address=:9100"');
  expect(summaries(await run('drift'))).toEqual([`rewrite ${settings}`, `restart ${unit}`]);
  expect(outcomes(await run('apply'))).toBe('host-1 changed, host-2 unchanged');
  expect((await run('drift')).code).toBe(0);
});

test('it is there after a reboot, at the first try', async () => {
  await lab.stop('host-1');
  await lab.start('host-1');
  expect((await run('drift')).code).toBe(0);
  expect(await must('host-1', `systemctl show -p NRestarts --value ${unit}`)).toBe('0');
});

test('where a service listens is told with its process and its owner', async () => {
  const verify = async () => said(await run('verify'), 'warn');
  expect(await verify()).toContainEqual(
    'every service of host-2 listens: nobody listens for postgres 5432/tcp (data-team)',
  );
  await listen(lab, 'host-2', publicAddress(2), 5432);
  expect(await verify()).toContainEqual(
    'no service of host-2 listens beside the WireGuard address: ' +
      `the firewall alone guards postgres 5432/tcp on ${publicAddress(2)} by perl (data-team)`,
  );
  await must('host-2', 'systemctl stop tcp-5432');
  await listen(lab, 'host-2', '0.0.0.0', 5432);
  expect(await verify()).toContainEqual(
    'no service of host-2 listens on every address: ' +
      'the firewall alone guards postgres 5432/tcp on 0.0.0.0 by perl (data-team)',
  );
  await must('host-2', 'systemctl stop tcp-5432');
  await listen(lab, 'host-2', '0.0.0.0', 7777);
  expect(await verify()).toContainEqual(
    'nothing undeclared listens on a public address of host-2: 7777/tcp on 0.0.0.0 by perl',
  );
});
