/**
 * What can befall a host, done for real and named by drift: with the identifier that it harms, or as
 * what became of the host; never as `pass`, and never as a stack of ours. Healed, nothing is found.
 *
 * What happens between two hosts is in peer-faults.test.ts, what opens a host in exposure-faults.test.ts,
 * and what somebody edits by hand in drift.test.ts. Hosts have their faults at the same time.
 */
import { inventoryOf, type Report, reportIn } from './inventory';
import { listen } from './listener';
import { type Lab, labUp, publicAddress } from './running-lab';

let lab: Lab;

const services = `services:
  postgres: { owner: data-team, hosts: host-3, port: 5432, from: [host-1] }
  web: { owner: web-team, hosts: host-4, port: 8080, from: [host-1], bind: wg }
`;

const exceptions = (expires: string) => `exceptions:
  - id: EX-001
    hosts: host-3
    port: 8443
    protocol: tcp
    sources: ["0.0.0.0/0"]
    owner: web-team
    approved_by: security
    reason: a trial
    expires: ${expires}
`;

/** @param expires the last day of the one exception. */
function inventory(expires = '2999-12-31'): Readonly<Record<string, string>> {
  const { 'hosts.yaml': hosts = '', ...others } = inventoryOf(lab, {
    'services.yaml': services,
    'exceptions.yaml': exceptions(expires),
    'mesh.yaml': 'network: { subnets: [10.50.0.0/24] }\n',
  });
  const deploy = 'ansible_user: deploy, ansible_become: true';
  return { ...others, 'hosts.yaml': hosts.replace('.14 }', `.14, ${deploy} }`) };
}

beforeAll(async () => {
  lab = await labUp('catalogue', 4);
  await must(
    'host-4',
    `useradd --create-home --shell /bin/sh deploy && cp -r /root/.ssh /home/deploy/ &&
     chown -R deploy: /home/deploy/.ssh && ${sudoRule}`,
  );
  await lab.writeInventory('prod', inventory());
  expect((await lab.wgpush('apply', '-i', 'prod', '--yes')).code).toBe(0);
  await listen(lab, 'host-3', '10.50.0.3', 5432);
  await listen(lab, 'host-4', '10.50.0.4', 8080);
});

afterAll(() => lab.down());

async function must(host: string, command: string): Promise<void> {
  const { code, stdout, stderr } = await lab.on(host, command);
  if (code !== 0) throw new Error(`${host}: ${command}: ${stderr}${stdout}`);
}

async function drift(): Promise<Report> {
  const { code, stdout, stderr } = await lab.wgpush(
    ...(['drift', '-i', 'prod', '--timeout', '3', '--format', 'json'] as const),
  );
  expect(stderr).not.toMatch(/^ +at /m);
  const report = reportIn(stdout);
  expect(code).toBe(report.exitCode);
  return report;
}

interface Fault {
  readonly fault: string;
  readonly host: string;
  readonly inject: () => Promise<unknown>;
  readonly heal: () => Promise<unknown>;
  readonly outcome: string;
  /** What is said of the host where it failed or could not be reached. */
  readonly error?: RegExp;
  /** Of a change that is named. */
  readonly change?: string;
  /** Of the checks of the host, those that name it: `INV-1 fail TITLE: EVIDENCE`. */
  readonly checks?: readonly RegExp[];
}

/** By commands on the host. */
const by = (host: string, inject: string, heal: string) => ({
  host,
  inject: () => must(host, inject),
  heal: () => must(host, heal),
});

/** The service of host-4, on another address. */
async function listenAnew(address: string): Promise<void> {
  await must('host-4', 'systemctl stop tcp-8080');
  await listen(lab, 'host-4', address, 8080);
}

const sudoRule = "echo 'deploy ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/deploy";
const loginKeys = '/root/.ssh/authorized_keys';

/** In a session of the host, and so in all that wgpush asks there, the clock is another. */
const otherClock = `library=$(ls /usr/lib/*/faketime/libfaketime.so.1)
printf '%s\\n' "LD_PRELOAD=$library" FAKETIME=-300s DONT_FAKE_MONOTONIC=1 >>/etc/environment`;

interface Round {
  readonly round: string;
  readonly faults: readonly Fault[];
}

const rounds: readonly Round[] = [
  {
    round: 'what is wrong on a host that answers',
    faults: [
      {
        fault: 'its clock is set back',
        ...by('host-1', otherClock, ': >/etc/environment'),
        outcome: 'unchanged',
        checks: [
          /^SC-3 warn the clock of host-1 agrees .*: it is 5 min behind the controller's$/,
          /^SC-3 warn the handshake of host-1 with host-2 is fresh: clock: .* in the future/,
        ],
      },
      {
        fault: 'ufw is disabled',
        ...by('host-2', 'ufw disable', 'ufw --force enable'),
        outcome: 'pending',
        change: 'enable ufw',
        checks: [/^INV-1 fail no rule of host-2 admits what nobody declared: ufw is not in force$/],
      },
      {
        fault: 'a service is down',
        host: 'host-3',
        inject: () => must('host-3', 'systemctl stop tcp-5432'),
        heal: () => listen(lab, 'host-3', '10.50.0.3', 5432),
        outcome: 'pending',
        checks: [/^INV-1 warn .*: nobody listens for postgres 5432\/tcp \(data-team\)$/],
      },
      {
        fault: 'an exception has expired',
        host: 'host-3',
        inject: () => lab.rewriteInventory('prod', inventory('2020-01-01')),
        heal: () => lab.rewriteInventory('prod', inventory()),
        outcome: 'pending',
        change: 'remove 1 rule',
        checks: [
          /^INV-1 fail exception EX-001 \(a trial\) of host-3 has not expired: its last day is 2020-01-01/,
        ],
      },
      {
        fault: 'a service is bound to the public address',
        host: 'host-4',
        inject: () => listenAnew(publicAddress(4)),
        heal: () => listenAnew('10.50.0.4'),
        outcome: 'unchanged',
        checks: [
          /^INV-1 fail web of host-4 .*: it says bind: wg, but listens at 8080\/tcp on 203\.0\.113\.14 by perl/,
        ],
      },
    ],
  },
  {
    round: 'hosts that let nobody in',
    faults: [
      {
        fault: 'it is down',
        host: 'host-1',
        inject: () => lab.stop('host-1'),
        heal: () => lab.start('host-1'),
        outcome: 'unreachable',
        error: /^connection to 203\.0\.113\.11:22 timed out after 3 s$/,
      },
      {
        fault: 'another host is in its place',
        ...by(
          'host-2',
          'cd /etc/ssh; mkdir old; mv ssh_host_* old; ssh-keygen -q -A; systemctl restart ssh',
          'cd /etc/ssh; mv old/* .; rmdir old; systemctl restart ssh',
        ),
        outcome: 'unreachable',
        error: /^the host key of 203\.0\.113\.12:22 HAS CHANGED: .* nothing was sent to it/,
      },
      {
        fault: 'the login is refused',
        ...by('host-3', `mv ${loginKeys} ${loginKeys}.old`, `mv ${loginKeys}.old ${loginKeys}`),
        outcome: 'unreachable',
        error: /^login refused for root@203\.0\.113\.13:22 with /,
      },
      {
        fault: 'sudo is refused',
        ...by('host-4', 'rm /etc/sudoers.d/deploy', sudoRule),
        outcome: 'unreachable',
        error: /^deploy can't become root on 203\.0\.113\.14:22: .* NOPASSWD/,
      },
    ],
  },
  {
    round: 'hosts that are not what they were',
    faults: [
      {
        fault: 'wireguard-tools are gone',
        ...by('host-1', 'dpkg --purge --force-depends wireguard-tools', ':'),
        outcome: 'pending',
        change: 'install wireguard-tools',
        checks: [
          /^INV-2 fail .*: there is no wg0; locked: /,
          /^SC-1 fail .*: there is no wg0$/,
          /^SC-3 fail .*: there is no wg0$/,
        ],
      },
      {
        fault: 'it was built again, with another key',
        ...by(
          'host-2',
          `systemctl stop wg-quick@wg0; cp -a /etc/wireguard /root; cd /etc/wireguard
           rm wg0.conf; umask 077; wg genkey >wg0.key`,
          'rm -r /etc/wireguard; mv /root/wireguard /etc; systemctl start wg-quick@wg0',
        ),
        outcome: 'failed',
        error:
          /^its WireGuard key is key \w+, but the lock knows the host by key \w+; .*\(INV-2\)$/,
        checks: [/^INV-2 fail .*: there is no wg0; its key file holds key \w+; locked: /],
      },
      {
        fault: 'its disk is full',
        ...by(
          'host-3',
          'dd if=/dev/zero of=/filler bs=1M; dd if=/dev/zero of=/filler2 bs=1k; :',
          'rm /filler*',
        ),
        outcome: 'unchanged',
        checks: [/^INV-1 fail host-3 has room on its disk .*: \/ has 0 MiB/],
      },
      {
        fault: 'wg is gone, though not its package',
        ...by('host-4', 'mv /usr/bin/wg /root', 'mv /root/wg /usr/bin'),
        outcome: 'failed',
        error: /^cannot read wg0: .* the host said: there is no wg\(8\) to read it with$/,
      },
    ],
  },
];

describe.each(rounds)('$round', ({ faults }) => {
  let report: Report;

  beforeAll(async () => {
    await Promise.all(faults.map(({ inject }) => inject()));
    report = await drift();
    await Promise.all(faults.map(({ heal }) => heal()));
  });

  test.each(faults)('$fault', ({ host, outcome, error, change, checks = [] }) => {
    const found = report.hosts.find((each) => each.host === host);
    const named = report.checks
      .filter((each) => each.host === host)
      .map(({ id, status, title, evidence }) => `${id} ${status} ${title}: ${evidence}`);
    expect([found?.outcome, found?.error ?? null]).toEqual([
      outcome,
      error === undefined ? null : expect.stringMatching(error),
    ]);
    if (change !== undefined) {
      expect(found?.changes.map(({ summary }) => summary)).toContain(change);
    }
    for (const check of checks) {
      expect(named).toContainEqual(expect.stringMatching(check));
    }
  });
});

test('and when all is healed, drift finds nothing', async () => {
  expect((await lab.wgpush('apply', '-i', 'prod', '--yes')).code).toBe(0);
  const { exitCode, hosts, checks } = await drift();
  expect(hosts.map(({ outcome }) => outcome)).toEqual(Array(4).fill('unchanged'));
  expect(checks.filter(({ status }) => status !== 'pass')).toEqual([]);
  expect(exitCode).toBe(0);
});
