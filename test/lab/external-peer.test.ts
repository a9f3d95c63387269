/**
 * A peer that wgpush does not manage: a lab host that is in no inventory, on which somebody brings
 * WireGuard up by hand with the configuration that wgpush exports.
 */
import { canReach, listen } from './listener';
import { inventoryOf, outcomes, reportIn } from './inventory';
import { type Lab, labUp } from './running-lab';

let lab: Lab;
/** The laptop's own private key, which wgpush never gets. */
let privateKey: string;

const laptop = 'host-3';

beforeAll(async () => {
  lab = await labUp('external', 3);
  const { stdout } = await lab.on(
    laptop,
    `apt-get install -y -q --no-install-recommends wireguard-tools >/dev/null 2>&1
key=$(wg genkey); echo "$key"; echo "$key" | wg pubkey`,
  );
  const [key = '', publicKey = ''] = stdout.trim().split('\n');
  privateKey = key;
  const { 'hosts.yaml': hosts = '', ...files } = inventoryOf({
    ...lab,
    hosts: ['host-1', 'host-2'],
  });
  await lab.writeInventory('prod', {
    ...files,
    'hosts.yaml': hosts,
    'mesh.yaml': `network: { subnets: [10.50.0.0/24, 'fd50:50:50::/64'] }
external_peers:
  laptop-anna:
    owner: anna
    public_key: ${publicKey}
    allowed_ips: [10.50.0.200/32, 'fd50:50:50::c8/128']
`,
    'services.yaml': `services:
  postgres: { owner: data-team, hosts: host-2, port: 5432, from: [laptop-anna] }
  redis: { owner: data-team, hosts: host-2, port: 6379, from: [host-1] }
`,
  });
});

afterAll(() => lab.down());

test('an export before the hosts have keys says what is missing', async () => {
  const { code, stderr } = await lab.outside(exporting('laptop-anna'));
  expect(stderr).toContain('no key is known yet of host-1, host-2; apply makes it');
  expect(code).toBe(1);
});

test('an apply admits it as a peer, and is unchanged by the second run', async () => {
  const first = await lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json');
  expect(outcomes(reportIn(first.stdout))).toBe('host-1 changed, host-2 changed');
  expect(first.code).toBe(0);
  const second = await lab.wgpush('apply', '-i', 'prod', '--format', 'json');
  expect(outcomes(reportIn(second.stdout))).toBe('host-1 unchanged, host-2 unchanged');
});

test('with what is exported and its own key, wg-quick brings it up by hand', async () => {
  const { code, stdout: exported } = await lab.outside(exporting('laptop-anna'));
  expect(code).toBe(0);
  expect(exported).not.toContain(privateKey);
  const config = exported.replace('# PrivateKey =', `PrivateKey = ${privateKey}`);
  const brought = await lab.on(
    laptop,
    `umask 077; cat >/etc/wireguard/wg0.conf <<'END'
${config}
END
wg-quick up wg0`,
  );
  expect(brought.code).toBe(0);
});

test('it reaches every host by both families, and of the services those that it may', async () => {
  await listen(lab, 'host-2', '0.0.0.0', 5432);
  await listen(lab, 'host-2', '0.0.0.0', 6379);
  for (const ip of ['10.50.0.1', '10.50.0.2', 'fd50:50:50::1', 'fd50:50:50::2']) {
    expect((await lab.on(laptop, `ping -c 1 -W 3 ${ip}`)).code).toBe(0);
  }
  expect(await canReach(lab, laptop, '10.50.0.2', 5432)).toBe(true);
  expect(await canReach(lab, laptop, '10.50.0.2', 6379)).toBe(false);
  expect(await canReach(lab, 'host-1', '10.50.0.2', 6379)).toBe(true);
  expect(await canReach(lab, 'host-1', '10.50.0.2', 5432)).toBe(false);
});

test('whether it is there or not is no drift', async () => {
  expect((await lab.wgpush('drift', '-i', 'prod')).code).toBe(0);
  await lab.on(laptop, 'wg-quick down wg0');
  const { code, stdout } = await lab.wgpush('drift', '-i', 'prod', '--format', 'json');
  expect(outcomes(reportIn(stdout))).toBe('host-1 unchanged, host-2 unchanged');
  expect(code).toBe(0);
});

function exporting(name: string): string {
  return `cd ${lab.directory} && ${lab.program} inventory export-peer ${name} -i prod`;
}
