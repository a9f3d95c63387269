/**
 * A Docker network where the WireGuard network is to be, on hosts with a real engine: such a host is
 * left alone, and told what has it.
 */
import { closingTask } from './cut-short';
import { docker, makeImage, publish } from './docker';
import { inventoryOf, outcomes, reportIn } from './inventory';
import { canReach } from './listener';
import { type Lab, labUp, publicAddress } from './running-lab';

let lab: Lab;

beforeAll(async () => {
  lab = await labUp('docker-networks', 4, { docker: ['host-2', 'host-3', 'host-4'] });
  await lab.writeInventory('prod', inventoryOf(lab));
  await docker(lab, 'host-2', 'network create --subnet 10.50.0.0/24 backend');
  await docker(
    lab,
    'host-2',
    'network create --subnet 10.60.0.0/24 --ipv6 --subnet fd50:50:50::/64 frontend',
  );
  // One without a route: a macvlan network has none on its host.
  await docker(
    lab,
    'host-3',
    'network create -d macvlan -o parent=eth0 --subnet 10.50.0.64/26 lan',
  );
  // A wider one of each family does no harm.
  await docker(
    lab,
    'host-4',
    'network create --subnet 10.50.0.0/15 --gateway 10.51.0.1 --ipv6 --subnet fd50:50::/32 wide',
  );
});

afterAll(() => lab.down());

async function apply(
  ...args: readonly string[]
): Promise<ReturnType<typeof reportIn> & { readonly code: number }> {
  const { code, stdout } = await lab.wgpush(
    'apply',
    '-i',
    'prod',
    '--yes',
    '--format',
    'json',
    ...args,
  );
  return { ...reportIn(stdout), code };
}

test('a dry run names the networks and who has them', async () => {
  const { code, stdout } = await lab.wgpush('plan', '-i', 'prod', '--format', 'json');
  const report = reportIn(stdout);
  expect(outcomes(report)).toBe('host-1 pending, host-2 failed, host-3 failed, host-4 pending');
  expect(report.hosts[1]?.error).toContain(
    'the WireGuard network is not free on this host: ' +
      'the Docker network backend has 10.50.0.0/24, within 10.50.0.0/24; ' +
      'the Docker network frontend has fd50:50:50::/64, within fd50:50:50::/64. Take another',
  );
  expect(report.hosts[2]?.error).toContain(
    'host: the Docker network lan has 10.50.0.64/26, within 10.50.0.0/24. Take another',
  );
  expect(code).toBe(3);
});

test('an apply leaves them alone, and goes on with the others', async () => {
  const before = await state('host-2');
  const report = await apply();
  expect(outcomes(report)).toBe('host-1 changed, host-2 failed, host-3 failed, host-4 changed');
  expect(report.code).toBe(3);
  expect(await state('host-2')).toBe(before);
  const { code } = await lab.on('host-1', 'ping -c 1 -W 5 10.50.0.4 && ping -c 1 fd50:50:50::4');
  expect(code).toBe(0);
});

test('with the networks gone they join, and a second apply finds all as wanted', async () => {
  await docker(lab, 'host-2', 'network rm backend frontend');
  await docker(lab, 'host-3', 'network rm lan');
  const report = await apply();
  expect(report.hosts.map(({ error }) => error)).toEqual([null, null, null, null]);
  expect(report.code).toBe(0);
  const again = await apply();
  expect(outcomes(again)).toBe(
    'host-1 unchanged, host-2 unchanged, host-3 unchanged, host-4 unchanged',
  );
});

test('a push that cuts its path is taken back beside an engine, and its ports stay published', async () => {
  await makeImage(lab, 'host-2');
  await publish(lab, 'host-2', { name: 'web', ports: ['8080:80'] });
  const files = inventoryOf(lab, {
    'services.yaml':
      'services: { web: { owner: web-team, hosts: host-2, port: 8080, from: all } }\n',
  });
  await lab.rewriteInventory('prod', files);
  expect((await apply()).code).toBe(0);
  await lab.rewriteInventory('prod', {
    ...files,
    'mesh.yaml': `${files['mesh.yaml'] ?? ''}roles: { all: [install, wireguard, firewall, cut] }\n`,
    'roles/cut/role.yaml': `description: a trial\ntasks:\n${closingTask}`,
  });
  const before = await filters('host-2');
  const report = await apply('--limit', 'host-2', '--confirm-timeout', '4', '--timeout', '2');
  expect(report.hosts[0]?.error).toMatch(/^no new connection came about .*; rolled back$/);
  expect(await filters('host-2')).toBe(before);
  expect(await canReach(lab, 'host-4', '10.50.0.2', 8080)).toBe(true);
  expect(await canReach(lab, 'host-4', publicAddress(2), 8080)).toBe(false);
});

/** Every rule of iptables and of nft, Docker's too. */
async function filters(host: string): Promise<string> {
  const { stdout } = await lab.on(
    host,
    'iptables-save | grep ^- | sort; ip6tables-save | grep ^- | sort; nft -s list table inet wgpush',
  );
  return stdout;
}

/** What an apply would change of a host, key and packages among it. */
async function state(host: string): Promise<string> {
  const { stdout } = await lab.on(
    host,
    'ls -A /etc/wireguard 2>&1; dpkg -l | sha256sum; ip -o address; iptables-save | grep ^-; ip route',
  );
  return stdout;
}
