/**
 * The system's ssh logs in: host-2 lets in who has a certificate, and nobody else; host-3 is behind
 * host-1 by the user's own ssh configuration.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inventoryOf, outcomes, reportIn } from './inventory';
import { type Lab, labUp, publicAddress } from './running-lab';

let lab: Lab;

beforeAll(async () => {
  lab = await labUp('openssh', 3);
  const file = (name: string) => join(lab.directory, name);
  const keygen = (...args: readonly string[]) => execFileSync('ssh-keygen', ['-q', ...args]);
  keygen('-t', 'ed25519', '-N', '', '-C', '', '-f', file('authority'));
  keygen('-t', 'ed25519', '-N', '', '-C', '', '-f', file('user'));
  keygen('-s', file('authority'), '-I', 'operator', '-n', 'root', file('user.pub'));
  const authority = readFileSync(file('authority.pub'), 'utf8').trim();
  await lab.on('host-2', `echo 'cert-authority ${authority}' >/root/.ssh/authorized_keys`);
  writeFileSync(
    file('ssh_config'),
    `Host ${publicAddress(2)}
  IdentityFile ${file('user')}
  CertificateFile ${file('user-cert.pub')}
Host ${publicAddress(3)}
  ProxyJump root@${publicAddress(1)}
Host *
  User root
  IdentityFile ${lab.keyFile}
`,
  );
  const lines = lab.hosts.map(
    (host, index) => `${host}: { ansible_host: ${publicAddress(index + 1)} }`,
  );
  await lab.writeInventory('prod', {
    ...inventoryOf(lab, { 'services.yaml': 'services: {}\n' }),
    'hosts.yaml': `all: { hosts: { ${lines.join(', ')} } }\n`,
  });
}, 300_000);

afterAll(() => lab.down());

async function run(command: string, ...args: readonly string[]) {
  const common = ['-i', 'prod', '--format', 'json', '--ssh-config', 'ssh_config'];
  const { code, stdout } = await lab.wgpush(command, ...common, ...args);
  return { code, report: reportIn(stdout) };
}

const openssh = ['--connection', 'openssh'];

test('wgpush itself says what it can not do, and what can', async () => {
  const { code, report } = await run('plan');
  expect(outcomes(report)).toBe('host-1 pending, host-2 unreachable, host-3 pending');
  expect(report.hosts[1]?.error).toMatch(
    /the certificate \S+ is not offered: of these only ssh itself makes use: log in by it \(--connection openssh\)$/,
  );
  expect(code).toBe(4);
});

test('ssh itself logs in; what is changed by one connection is unchanged by the other', async () => {
  const first = await run('apply', '--yes', ...openssh);
  expect([first.code, outcomes(first.report)]).toEqual([
    0,
    'host-1 changed, host-2 changed, host-3 changed',
  ]);
  const second = await run('apply', ...openssh);
  expect([second.code, outcomes(second.report)]).toEqual([
    0,
    'host-1 unchanged, host-2 unchanged, host-3 unchanged',
  ]);
  const other = await run('plan', '--limit', 'host-1,host-3');
  expect(outcomes(other.report)).toBe('host-1 unchanged, host-3 unchanged');
});

test('a drift logs in once to each host, and once to the jump host', async () => {
  const logins = async (host: string) => {
    const { stdout } = await lab.on(host, 'journalctl -q -u ssh | grep -c "Accepted publickey"');
    return Number(stdout);
  };
  const before = await Promise.all(lab.hosts.map(logins));
  const { code } = await run('drift', ...openssh);
  expect(code).toBe(0);
  const after = await Promise.all(lab.hosts.map(logins));
  expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([2, 1, 1]);
});

test('of a run that is killed no ssh is left, and of one that ends no file either', async () => {
  const own = join(lab.directory, 'tmp');
  mkdirSync(own);
  const command =
    `${lab.program} status -i prod --quiet --watch 1s --ssh-config ssh_config ${openssh.join(' ')} ` +
    `--known-hosts /run/wgpush-lab/*${lab.keyFile.split('/').at(-2) ?? ''}/known_hosts`;
  const masters = `pgrep -fc "[s]sh -v -E ${own}/"`;
  const { stdout } = await lab.outside(
    `cd ${lab.directory}; TMPDIR=${own} ${command} >/dev/null 2>&1 & pid=$!
     until test $(${masters}) -ge 3; do sleep 0.2; done; sleep 1; kill -9 $pid; ${masters}
     for second in $(seq 40); do sleep 1; test $(${masters}) -eq 0 && break; done; ${masters}`,
  );
  const [during = 0, later] = stdout.trim().split('\n').map(Number);
  expect(during).toBeGreaterThanOrEqual(3);
  expect(later).toBe(0);
  const left = readdirSync(own).length;
  await lab.outside(
    `cd ${lab.directory}; TMPDIR=${own} ${command.replace('--watch 1s', '')} >/dev/null`,
  );
  expect(readdirSync(own)).toHaveLength(left);
});
