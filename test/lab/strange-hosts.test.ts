/** A host that misbehaves ends as that host's outcome; the run goes on. */
import { inventoryOf, outcomes, reportIn } from './inventory';
import { type Lab, labUp } from './running-lab';

let lab: Lab;

beforeAll(async () => {
  lab = await labUp('strange', 2);
  await lab.writeInventory('prod', inventoryOf(lab));
  expect((await lab.wgpush('apply', '-i', 'prod', '--yes')).code).toBe(0);
});

afterAll(() => lab.down());

/** On both hosts, so that each run has something to do on the one that is well. */
async function disturb(): Promise<void> {
  await Promise.all(lab.hosts.map((host) => lab.on(host, 'ufw allow 9999')));
}

async function apply() {
  const ended = await lab.wgpush(
    'apply',
    '-i',
    'prod',
    '--yes',
    '--confirm-timeout',
    '5',
    '--format',
    'json',
  );
  expect(ended.stderr).not.toMatch(/^ +at /m);
  return { code: ended.code, report: reportIn(ended.stdout) };
}

interface Trouble {
  readonly trouble: string;
  readonly begin: string;
  readonly end: string;
  readonly outcome: string;
  readonly error: RegExp;
  readonly code: number;
}

/** Puts a program in the way of one that the scripts call. */
const wrap = (program: string, text: string): string =>
  `mv ${program} ${program}.real && printf '#!/bin/sh\\n%s\\n' '${text}' >${program} && chmod 755 ${program}`;
const unwrap = (program: string): string => `mv ${program}.real ${program}`;

const troubles: readonly Trouble[] = [
  {
    trouble: 'resets the connection while it is asked',
    begin: wrap('/usr/bin/dpkg-query', 'pkill -9 -f "^sshd: root@"'),
    end: unwrap('/usr/bin/dpkg-query'),
    outcome: 'unreachable',
    error: /connection to 203\.0\.113\.11:22 was lost/,
    code: 4,
  },
  {
    trouble: 'resets the connection while it is changed',
    begin: wrap('/usr/sbin/iptables-restore', 'pkill -9 -f "^sshd: root@"; exit 1'),
    end: unwrap('/usr/sbin/iptables-restore'),
    outcome: 'failed',
    error: /lost before the script ended; rolled back/,
    code: 3,
  },
  {
    trouble: 'answers garbage',
    begin: `printf 'Match all\\nForceCommand head -c 100000 /dev/urandom\\n' >/etc/ssh/sshd_config.d/garbage.conf; systemctl restart ssh`,
    end: 'rm /etc/ssh/sshd_config.d/garbage.conf; systemctl restart ssh',
    outcome: 'unreachable',
    error: /^root's login shell on 203\.0\.113\.11:22 ran nothing and ended with exit code 0: /,
    code: 4,
  },
  {
    trouble: 'answers without end',
    begin: `printf 'Match all\\nForceCommand yes\\n' >/etc/ssh/sshd_config.d/garbage.conf; systemctl restart ssh`,
    end: 'rm /etc/ssh/sshd_config.d/garbage.conf; systemctl restart ssh',
    outcome: 'failed',
    error: /8 MiB/,
    code: 3,
  },
  {
    trouble: 'refuses the login',
    begin: 'mv /root/.ssh/authorized_keys /root/.ssh/authorized_keys.real',
    end: 'mv /root/.ssh/authorized_keys.real /root/.ssh/authorized_keys',
    outcome: 'unreachable',
    error: /root@203\.0\.113\.11:22/,
    code: 4,
  },
  {
    trouble: 'has no disk left',
    begin: 'dd if=/dev/zero of=/filler bs=1M; dd if=/dev/zero of=/filler2 bs=1k; true',
    end: 'rm /filler /filler2',
    outcome: 'failed',
    error: /^only \d+ MiB are free in \/var\/lib\/wgpush, and a push needs 16; nothing was done$/,
    code: 3,
  },
  {
    trouble: 'fails a command in the middle',
    begin: wrap('/usr/sbin/iptables-restore', 'echo no rules today >&2; exit 7'),
    end: unwrap('/usr/sbin/iptables-restore'),
    outcome: 'failed',
    error: /firewall: "remove 2 rules" failed with exit code 7: no rules today/,
    code: 3,
  },
];

test.each(troubles)('one that $trouble', async ({ begin, end, outcome, error, code }) => {
  await disturb();
  const { stdout: rules } = await lab.on('host-1', 'cat /etc/ufw/user.rules');
  const started = await lab.on('host-1', begin);
  expect(started.code).toBe(0);
  try {
    const { code: ended, report } = await apply();
    expect(outcomes(report)).toBe(`host-1 ${outcome}, host-2 changed`);
    expect(report.hosts[0]?.error).toMatch(error);
    expect(ended).toBe(code);
  } finally {
    await lab.on('host-1', end);
  }
  // Nothing is half-written, and nothing is left behind.
  expect((await lab.on('host-1', 'cat /etc/ufw/user.rules')).stdout).toBe(rules);
  expect((await lab.on('host-1', 'ls /etc/ufw/user*.rules.* /etc/wireguard/*.conf.*')).stdout).toBe(
    '',
  );
  const healed = await apply();
  expect(outcomes(healed.report)).toBe('host-1 changed, host-2 unchanged');
  expect(healed.code).toBe(0);
});

test('a banner and noisy start-up files do no harm', async () => {
  await lab.on(
    'host-1',
    `echo 'Authorized use only' >/etc/issue.net
echo 'Banner /etc/issue.net' >/etc/ssh/sshd_config.d/banner.conf
echo 'echo welcome; echo to the machine >&2; printf "no line feed"' >/root/.bashrc
echo 'echo hello' >/etc/ssh/sshrc
systemctl restart ssh`,
  );
  const { code, report } = await apply();
  expect(outcomes(report)).toBe('host-1 unchanged, host-2 unchanged');
  expect(code).toBe(0);
});
