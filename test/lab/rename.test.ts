/** A host that gets another name stays who it is: no address moves, no key, and no packet is lost. */
import { inventoryOf, outcomes, reportIn } from './inventory';
import { type Lab, labUp, publicAddress } from './running-lab';

let lab: Lab;

/** Two subnets of one family, and one of the other. */
const mesh = "network: { subnets: [10.50.0.0/24, 10.60.0.0/24, 'fd50:50:50::/64'] }\n";
const services =
  'services:\n  postgres: { owner: data-team, hosts: all, port: 5432, from: [host-1] }\n';

function renamed(): Readonly<Record<string, string>> {
  const files = inventoryOf(lab, { 'mesh.yaml': mesh, 'services.yaml': services });
  const hosts = (files['hosts.yaml'] ?? '').replace(
    /host-2: .*/,
    `database-1: { ansible_host: ${publicAddress(2)}, wg_formerly: host-2 }`,
  );
  return { ...files, 'hosts.yaml': hosts };
}

async function lock(): Promise<string> {
  const { stdout } = await lab.outside(`cat ${lab.directory}/inventory/prod/wgpush.lock.yaml`);
  return stdout;
}

beforeAll(async () => {
  lab = await labUp('rename', 2);
  await lab.writeInventory(
    'prod',
    inventoryOf(lab, { 'mesh.yaml': mesh, 'services.yaml': services }),
  );
  const { code, stdout } = await lab.wgpush('apply', '-i', 'prod', '--yes');
  expect(stdout).toContain('Apply: 2 hosts changed.');
  expect(code).toBe(0);
}, 300_000);

afterAll(() => lab.down());

test('a host has an address in each of several subnets, and is reached by all of them', async () => {
  for (const address of ['10.50.0.2', '10.60.0.2', 'fd50:50:50::2']) {
    const { stdout } = await lab.on('host-1', `ping -c 2 -i 0.2 -q ${address}`);
    expect(stdout).toContain('2 received');
  }
});

test('renaming it loses none of a hundred packets a second', async () => {
  const before = await lock();
  const files = renamed();
  await lab.writeInventory('prod', { ...files, 'wgpush.lock.yaml': before });
  const startedAt = Date.now();
  const pings = lab.on('host-1', 'ping -i 0.01 -w 25 -q 10.50.0.2');
  const { code, stdout } = await lab.wgpush('apply', '-i', 'prod', '--yes');
  // The pings went on for longer than what they are to judge.
  expect(Date.now() - startedAt).toBeLessThan(24_000);
  expect(stdout).toContain('host-1');
  expect(code).toBe(0);
  const [, sent, received] =
    /(\d+) packets transmitted, (\d+) received/.exec((await pings).stdout) ?? [];
  expect(Number(sent)).toBeGreaterThan(1000);
  expect(received).toBe(sent);
  expect(await lock()).toBe(inPlace(before));
});

test('a second run is unchanged, and the former name may go', async () => {
  for (const formerly of [', wg_formerly: host-2', '']) {
    const hosts = (renamed()['hosts.yaml'] ?? '').replace(', wg_formerly: host-2', formerly);
    await lab.writeInventory('prod', {
      ...renamed(),
      'hosts.yaml': hosts,
      'wgpush.lock.yaml': await lock(),
    });
    const { code, stdout } = await lab.wgpush('drift', '-i', 'prod', '--format', 'json');
    const report = reportIn(stdout);
    expect(outcomes(report)).toBe('database-1 unchanged, host-1 unchanged');
    expect(report.checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(code).toBe(0);
  }
});

/** The lock with the new name in the place of the old one; hosts are sorted by name. */
function inPlace(text: string): string {
  const [, head = '', first = '', second = ''] =
    /^([^]*?hosts:\n)( {2}host-1:\n[^]*?)( {2}host-2:\n[^]*)$/.exec(text) ?? [];
  return head + second.replace('host-2', 'database-1') + first;
}
