/**
 * What breaks isolation, done for real and named by verify: the right identifier, the host, who is
 * behind it. Each host of the lab has another fault at the same time; healed, nothing is found.
 */
import { docker, makeImage, publish } from './docker';
import { inventoryOf, type Report, reportIn } from './inventory';
import { listen } from './listener';
import { type Lab, labUp, publicAddress } from './running-lab';

let lab: Lab;

const services = `services:
  postgres: { owner: data-team, hosts: host-3, port: 5432, from: all }
  web: { owner: web-team, hosts: host-2, port: 8080, from: all, bind: wg }
`;

beforeAll(async () => {
  lab = await labUp('exposure', 3, { docker: ['host-2'] });
  await lab.writeInventory('prod', inventoryOf(lab, { 'services.yaml': services }));
  expect((await lab.wgpush('apply', '-i', 'prod', '--yes')).code).toBe(0);
  await listen(lab, 'host-3', '0.0.0.0', 5432);
  await listen(lab, 'host-2', '10.50.0.2', 8080);
}, 300_000);

afterAll(() => lab.down());

async function verify(): Promise<Report & { readonly code: number }> {
  const { code, stdout, stderr } = await lab.wgpush('verify', '-i', 'prod', '--format', 'json');
  expect(stderr).not.toMatch(/^ +at /m);
  return { ...reportIn(stdout), code };
}

/** What does not hold, a line each. */
function failures({ checks }: Report): readonly string[] {
  return checks
    .filter(({ status }) => status === 'fail')
    .map(({ id, host, title, evidence }) => `${id} ${host}: ${title}: ${evidence}`);
}

test('of a fleet as it was applied nothing fails, and every host was looked at from outside', async () => {
  const report = await verify();
  expect(failures(report)).toEqual([]);
  expect(report.code).toBe(0);
  const of = (id: string, title: RegExp) =>
    report.checks.filter((check) => check.id === id && title.test(check.title));
  expect(of('SC-2', /^nothing undeclared answers/).map(({ status }) => status)).toEqual(
    Array(3).fill('pass'),
  );
  expect(of('INV-3', /WireGuard only$/).map(({ status }) => status)).toEqual(Array(3).fill('pass'));
});

test('each fault is named, and no other host is blamed', async () => {
  await makeImage(lab, 'host-2');
  await publish(lab, 'host-2', { name: 'stray', ports: ['9090:80'] });
  await Promise.all([
    // Somebody opened a port by hand, for a program that nobody declared.
    lab.on('host-1', 'ufw allow 7777').then(() => listen(lab, 'host-1', '0.0.0.0', 7777)),
    // The guard of published ports is gone.
    lab.on('host-2', 'nft delete table inet wgpush'),
    // A client goes by the public address, and is let in.
    lab.on(
      'host-3',
      `ufw insert 1 allow 5432/tcp; systemctl stop tcp-5432
sed -i 's/close/push @kept,/' /tmp/tcp-5432.pl
systemd-run --unit kept-5432 perl /tmp/tcp-5432.pl 0.0.0.0 5432; sleep 1`,
    ),
  ]);
  await lab.on(
    'host-1',
    `systemd-run --quiet --unit client bash -c 'exec 3<>/dev/tcp/${publicAddress(3)}/5432; sleep 300'; sleep 1`,
  );
  const report = await verify();
  const found = failures(report);
  const at = (place: string) => found.filter((line) => line.includes(place));
  expect(at('SC-2 host-1:')).toEqual([
    'SC-2 host-1: nothing undeclared answers on the public addresses of host-1: the controller ' +
      `was let in to 7777/tcp of perl at ${publicAddress(1)}, which nobody declared`,
  ]);
  expect(at('SC-2 host-2:')).toEqual([
    expect.stringContaining(`9090/tcp of container stray at ${publicAddress(2)}`) as string,
  ]);
  expect(at('INV-3')).toEqual([
    expect.stringMatching(
      /^INV-3 host-1: .*: it uses postgres 5432\/tcp of host-3 by \w+ from 203\.0\.113\.11 to 203\.0\.113\.13, past WireGuard \(data-team\)$/,
    ) as string,
    expect.stringMatching(/^INV-3 host-3: .*: host-1 uses postgres 5432\/tcp of host-3/) as string,
  ]);
  expect(at('SC-2 host-3:')).toEqual([
    expect.stringMatching(/postgres is closed on the public address .* it accepted/) as string,
  ]);
  expect(at('INV-1').map((line) => line.split(':')[0])).toEqual([
    'INV-1 host-1',
    'INV-1 host-2',
    'INV-1 host-3',
  ]);
  expect(report.code).toBe(3);
});

test('and with an apply and the client gone nothing fails', async () => {
  await lab.on('host-1', 'systemctl stop client');
  expect((await lab.wgpush('apply', '-i', 'prod', '--yes')).code).toBe(0);
  const report = await verify();
  expect(failures(report)).toEqual([]);
  expect(report.code).toBe(0);
  // The container is still there, and still listens: the guard is what keeps it in.
  expect(await docker(lab, 'host-2', 'ps --format "{{.Names}}"')).toContain('stray');
});
