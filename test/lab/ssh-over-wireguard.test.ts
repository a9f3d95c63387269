/**
 * SSH over WireGuard only: the public path is closed when wgpush itself comes by the other one, and not
 * before. The operator's machine is host-3's network: an external peer, in no inventory.
 */
import { basename, dirname } from 'node:path';
import { inventoryOf, outcomes, reportIn } from './inventory';
import { listen } from './listener';
import { type Ended, type Lab, labUp, publicAddress, publicAddress6 } from './running-lab';

let lab: Lab;
/** Of the operator's machine. */
let privateKey: string;
let publicKey: string;

const operator = 'host-3';

beforeAll(async () => {
  lab = await labUp('ssh-over-wg', 3);
  const { stdout } = await lab.on(
    operator,
    `apt-get install -y -q --no-install-recommends wireguard-tools >/dev/null 2>&1
key=$(wg genkey); echo "$key"; echo "$key" | wg pubkey`,
  );
  [privateKey = '', publicKey = ''] = stdout.trim().split('\n');
  await declare({ sources: '[any]', addresses: [publicAddress(1), publicAddress(2)] });
  const { code } = await lab.wgpush('apply', '-i', 'prod', '--yes');
  expect(code).toBe(0);
  const { stdout: exported } = await lab.outside(
    `cd ${lab.directory} && ${lab.program} inventory export-peer operator -i prod`,
  );
  const config = exported.replace('# PrivateKey =', `PrivateKey = ${privateKey}`);
  await lab.on(
    operator,
    `umask 077; printf '%s' '${config}' >/etc/wireguard/wg0.conf; wg-quick up wg0`,
  );
});

afterAll(() => lab.down());

async function declare(ssh: {
  readonly sources: string;
  readonly addresses: readonly string[];
  /** SSH to it is public by an exception. */
  readonly gate?: string;
}): Promise<void> {
  const hosts = ssh.addresses.map(
    (address, index) =>
      `    host-${String(index + 1)}: { ansible_host: ${address}, wg_endpoint: '${publicAddress(index + 1)}:51820' }\n`,
  );
  await lab.rewriteInventory('prod', {
    ...inventoryOf(lab, {
      'services.yaml':
        'services: { app: { owner: app-team, hosts: all, port: 8080, from: [operator, host-2] } }\n',
    }),
    'hosts.yaml': `all:
  vars: { ansible_user: root, ansible_ssh_private_key_file: ${lab.keyFile} }
  hosts:
${hosts.join('')}`,
    'mesh.yaml': `network: { subnets: [10.50.0.0/24, 'fd50:50:50::/64'] }
firewall: { ssh: { sources: ${ssh.sources} } }
external_peers:
  operator: { public_key: ${publicKey}, allowed_ips: [10.50.0.200, 'fd50:50:50::c8'] }
`,
    ...(ssh.gate === undefined ? {} : { 'exceptions.yaml': exceptionFor(ssh.gate) }),
  });
}

function exceptionFor(host: string): string {
  return `exceptions:
  - { id: EX-1, hosts: ${host}, port: 22, protocol: tcp, sources: [203.0.113.1/32], owner: ops,
      approved_by: security, reason: the jump host, expires: 2099-12-31 }
`;
}

/** Runs wgpush from the operator's machine. */
function fromWithin(command: string): Promise<Ended> {
  const name = basename(dirname(lab.keyFile));
  return lab.outside(
    `cd ${lab.directory} && exec nsenter --net=/run/netns/wgpush-${name}-${operator} \
${lab.program} ${command} -i prod --format json --known-hosts ${lab.directory}/known_hosts --accept-new`,
  );
}

async function answersOutside(address: string): Promise<boolean> {
  const target = `/dev/tcp/${address}/22`;
  return (await lab.outside(`timeout 2 bash -c 'exec 3<>${target}' 2>/dev/null`)).code === 0;
}

test('the public path is not closed by who came by it', async () => {
  await declare({ sources: '[]', addresses: [publicAddress(1), publicAddress(2)] });
  const { code, stdout } = await lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json');
  const report = reportIn(stdout);
  expect(outcomes(report)).toBe('host-1 failed, host-2 failed');
  expect(report.hosts[0]?.error).toBe(
    'no rule would admit SSH from 203.0.113.1 to port 22, which is how wgpush is here now ' +
      '(today "allow 22/tcp from anywhere # ssh" does, and the plan removes it): ' +
      'add the address to firewall.ssh.sources in mesh.yaml, or correct ansible_port; for SSH over ' +
      'wg0 only, first log in that way, by ansible_host from within the network',
  );
  expect(code).toBe(3);
  expect(await answersOutside(publicAddress(1))).toBe(true);
});

test('who comes over WireGuard may close it, and is let in by what is left', async () => {
  await declare({ sources: '[]', addresses: ['10.50.0.1', 'fd50:50:50::2'] });
  const first = await fromWithin('apply --yes');
  expect(outcomes(reportIn(first.stdout))).toBe('host-1 changed, host-2 changed');
  expect(first.code).toBe(0);
  // The operator may use it from within; nobody may from outside.
  await listen(lab, 'host-1', '::', 8080);
  const second = await fromWithin('drift');
  expect(outcomes(reportIn(second.stdout))).toBe('host-1 unchanged, host-2 unchanged');
  expect(second.code).toBe(0);
});

test('from outside nobody gets in any more, by either family', async () => {
  for (const number of [1, 2]) {
    expect(await answersOutside(publicAddress(number))).toBe(false);
    expect(await answersOutside(publicAddress6(number))).toBe(false);
  }
});

test('a jump host that may be logged in to in public is a way over WireGuard too', async () => {
  // Until it is one by exception, nobody outside is let in.
  await declare({ sources: '[]', addresses: ['10.50.0.1', 'fd50:50:50::2'], gate: 'host-2' });
  expect((await fromWithin('apply --yes --limit host-2')).code).toBe(0);
  expect(await answersOutside(publicAddress(2))).toBe(true);
  const hosts = await lab.outside(`sed -e 's/fd50:50:50::2/${publicAddress(2)}/' \
-e 's/ansible_user: root,/& ansible_ssh_common_args: -J host-2,/' -i ${lab.directory}/inventory/prod/hosts.yaml`);
  expect(hosts.code).toBe(0);
  const run = (command: string) =>
    lab.wgpush(command, '-i', 'prod', '--format', 'json', '--accept-new', '--yes');
  await lab.on('host-1', 'ufw allow 9999');
  const first = await run('apply');
  expect(outcomes(reportIn(first.stdout))).toBe('host-1 changed, host-2 unchanged');
  expect(first.code).toBe(0);
  expect(outcomes(reportIn((await run('apply')).stdout))).toBe(
    'host-1 unchanged, host-2 unchanged',
  );
  expect(await answersOutside(publicAddress(1))).toBe(false);
});
