/**
 * What breaks isolation, done for real and named by verify: the right identifier, the host, who is
 * behind it. Each host of the lab has another fault at the same time; healed, nothing is found.
 */
import { docker, makeImage, publish } from './docker';
import { inventoryOf, type Report, reportIn } from './inventory';
import { listen } from './listener';
import { type Lab, labUp, privateAddress, publicAddress } from './running-lab';

let lab: Lab;

const services = `services:
  postgres: { owner: data-team, hosts: host-3, port: 5432, from: all }
  web: { owner: web-team, hosts: host-2, port: 8080, from: all, bind: wg }
`;

beforeAll(async () => {
  lab = await labUp('exposure', 3, { docker: ['host-2'], lan: ['host-1', 'host-3'] });
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
  // Two services, of which each host has four addresses or two; nothing undeclared listens.
  const fromHosts = of('SC-2', /other hosts/);
  expect(fromHosts.map(({ title, status }) => [title, status])).toEqual(
    [
      'web of host-2 is closed to other hosts past WireGuard',
      'other hosts can try host-2 at 203.0.113.12',
      'other hosts can try host-2 at 2001:db8::12',
      'postgres of host-3 is closed to other hosts past WireGuard',
      'other hosts can try host-3 at 203.0.113.13',
      'other hosts can try host-3 at 2001:db8::13',
      'other hosts can try host-3 at 10.9.0.13',
      'other hosts can try host-3 at fd00:9::13',
    ].map((title) => [title, 'pass']),
  );
  expect(fromHosts.map(({ evidence }) => evidence)).toContain(
    'no answer to host-1 over 203.0.113.13, 2001:db8::13, 10.9.0.13, fd00:9::13 and host-2 over 203.0.113.13, 2001:db8::13',
  );
  expect(of('INV-3', /WireGuard only$/).map(({ status }) => status)).toEqual(Array(3).fill('pass'));
});

test('each fault is named, and no other host is blamed', async () => {
  await makeImage(lab, 'host-2');
  await publish(lab, 'host-2', { name: 'stray', ports: ['9090:80'] });
  await Promise.all([
    // Somebody opened ports by hand, for programs that nobody declared: to all, to one host, and to a
    // LAN. The controller gets nothing from the last two.
    lab
      .on(
        'host-1',
        `ufw allow 7777; ufw allow from ${publicAddress(2)} to any port 7778; ufw allow in on eth1 to any port 7779`,
      )
      .then(async () => {
        await listen(lab, 'host-1', '0.0.0.0', 7777);
        await listen(lab, 'host-1', '0.0.0.0', 7778);
        await listen(lab, 'host-1', privateAddress(1), 7779);
      }),
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
    expect.stringMatching(
      /^SC-2 host-1: nothing undeclared of host-1 answers other hosts past WireGuard: 7777\/tcp of perl accepted a connection from .*; 7778\/tcp of perl accepted a connection from host-2 over 203\.0\.113\.11; 7779\/tcp of perl accepted a connection from host-3 over 10\.9\.0\.11; nobody declared it$/,
    ) as string,
  ]);
  expect(at('SC-2 host-2:')).toEqual([
    expect.stringContaining(`9090/tcp of container stray at ${publicAddress(2)}`) as string,
    expect.stringContaining(
      '9090/tcp of container stray accepted a connection from host-1, host-3 over 203.0.113.12',
    ) as string,
  ]);
  expect(at('INV-3')).toEqual([
    expect.stringMatching(
      /^INV-3 host-1: .*: it uses postgres 5432\/tcp of host-3 by \w+ from 203\.0\.113\.11 to 203\.0\.113\.13, past WireGuard \(data-team\)$/,
    ) as string,
    expect.stringMatching(/^INV-3 host-3: .*: host-1 uses postgres 5432\/tcp of host-3/) as string,
  ]);
  expect(at('SC-2 host-3:')).toEqual([
    expect.stringMatching(/postgres is closed on the public address .* it accepted/) as string,
    expect.stringMatching(/ past WireGuard: it accepted .* host-1 over .*10\.9\.0\.13/) as string,
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
  const isolation = report.checks.filter(({ id }) => id === 'SC-2');
  expect(isolation.filter(({ status }) => status !== 'pass')).toEqual([]);
  // Whoever listened still does.
  expect(isolation.map(({ evidence }) => evidence)).toContainEqual(
    expect.stringContaining('no connection to 7777-7779, which are listened on, from host-'),
  );
  // The container is still there, and still listens: the guard is what keeps it in.
  expect(await docker(lab, 'host-2', 'ps --format "{{.Names}}"')).toContain('stray');
});
