/**
 * A fleet as teams run it today: five hosts whose stacks publish their ports by Docker, past a ufw that
 * somebody has enabled and added rules to for years. One apply closes all that is not declared.
 */
import { type Container, containerReaches, datagrams, docker, makeImage, publish } from './docker';
import { outcomes, reportIn } from './inventory';
import { answeringPorts, canReach } from './listener';
import { type Lab, labUp, publicAddress, publicAddress6 } from './running-lab';

let lab: Lab;
/** Somebody out there whom containers want to reach; ends with the lab. */
let outsider: Promise<unknown>;

const outside = '203.0.113.1';
const names = ['host-1', 'host-2', 'host-3', 'host-4', 'host-5'];
const unchanged = names.map((host) => `${host} unchanged`).join(', ');

/** What each host publishes; what is declared stands first. */
const stacks: Readonly<Record<string, readonly string[]>> = {
  'host-1': ['9092:80', '9093:80', '5432:80', '9100:80', '9101:80', '8080:80', '5353:53/udp'],
  'host-2': ['9092:80', '6379:80', '9100:80', '203.0.113.12:9000:80', '127.0.0.1:7000:80'],
  'host-3': ['443:80', '8000:80', '9150:80', '8081:80'],
  'host-4': ['8000:80', '9100:80', '0.0.0.0:8082:80', '[::]:8083:80'],
  'host-5': ['3000:80', '9090:80', '9100:80', '8125:8125/udp', '9151:80'],
};

/** Ports that answer to everybody when the policy is in force. */
const open = (host: string): readonly (string | number)[] =>
  host === 'host-3' ? [host, 22, 443] : [host, 22];

beforeAll(async () => {
  lab = await labUp('docker-fleet', names.length, { docker: names });
  await lab.writeInventory('prod', {
    'hosts.yaml': `all:
  vars: { ansible_user: root, ansible_ssh_private_key_file: ${lab.keyFile} }
  children:
    data: { hosts: { host-1: { ansible_host: ${publicAddress(1)} }, host-2: { ansible_host: ${publicAddress(2)} } } }
    app: { hosts: { host-3: { ansible_host: ${publicAddress(3)} }, host-4: { ansible_host: ${publicAddress(4)} } } }
    ops: { hosts: { host-5: { ansible_host: ${publicAddress(5)} } } }
`,
    'mesh.yaml': "network: { subnets: [10.50.0.0/24, 'fd50:50:50::/64'] }\n",
    'services.yaml': `services:
  kafka: { owner: data-team, hosts: data, ports: [9092, 9093], from: [data, app] }
  postgres: { owner: data-team, hosts: host-1, port: 5432, from: [app], loopback: reject }
  redis: { owner: data-team, hosts: data, port: 6379, from: [app] }
  backend: { owner: app-team, hosts: app, port: 8000, from: [app] }
  exporters: { owner: ops-team, hosts: all, ports: ['9100-9150'], from: [ops] }
  dashboards: { owner: ops-team, hosts: ops, ports: [3000, 9090], from: all }
  statsd: { owner: ops-team, hosts: ops, port: 8125, protocol: udp, from: [data] }
`,
    'exceptions.yaml': `exceptions:
  - id: EX-001
    hosts: host-3
    port: 443
    protocol: tcp
    sources: [0.0.0.0/0, '::/0']
    owner: app-team
    approved_by: security
    reason: Public HTTPS entry point
    expires: 2099-12-31
`,
  });
  await Promise.all(names.map(settle));
  outsider = lab.outside(`perl -MIO::Socket::IP -e '
my $s = IO::Socket::IP->new(LocalAddr => "${outside}", LocalPort => 7777, Listen => 99) or die;
while (my $c = $s->accept) { close $c }'`);
});

afterAll(async () => {
  await lab.down();
  await outsider;
});

function stackOf(host: string): Container {
  return { name: 'stack', ports: stacks[host] ?? [] };
}

/** A host's past. */
async function settle(host: string): Promise<void> {
  await makeImage(lab, host);
  const { code, stderr } = await lab.on(
    host,
    `apt-get install -y -q --no-install-recommends ufw >/dev/null 2>&1
for rule in 'limit 22' 'allow 9092' 'allow 9100:9150/tcp' 'allow from 10.0.0.0/8' \
  'allow in on docker0' 'route allow proto tcp from any to any port 8080' 'deny 23'; do
ufw $rule || exit
done
ufw --force enable`,
  );
  if (code !== 0) throw new Error(`no ufw on ${host}: ${stderr}`);
  await publish(lab, host, stackOf(host));
}

test('before, what Docker publishes is open to everybody, past ufw', async () => {
  expect(await answers(publicAddress(1), 5432)).toBe(true);
  expect(await answers(publicAddress(1), 8080)).toBe(true);
  // By IPv6 these come in by docker-proxy, which ufw guards.
  expect(await answers(publicAddress6(1), 9092)).toBe(true);
  expect(await answers(publicAddress6(1), 8080)).toBe(false);
});

test('a dry run tells rule by rule what goes and what comes, and changes nothing', async () => {
  const { code, stdout } = await lab.wgpush('plan', '-i', 'prod');
  const sections = stdout.split(/^(?=host-\d)/m);
  expect(sections.map((section) => section.split(' ')[0])).toEqual(names);
  for (const section of sections) {
    for (const line of [
      '- limit 22 from anywhere',
      '- allow everything from 10.0.0.0/8',
      '- route:allow 8080/tcp from anywhere (v6)',
      '+ allow 22/tcp from anywhere # ssh',
    ]) {
      expect(section).toContain(` ${line}\n`);
    }
  }
  expect(sections[0]).toContain('+ allow 5432/tcp on wg0 from 10.50.0.3 # service postgres\n');
  expect(sections[2]).toContain('+ allow 443/tcp from anywhere (v6) # exception EX-001\n');
  expect(stdout).toMatch(/^Plan: \d+ changes on 5 hosts\. Nothing was changed\.$/m);
  expect(code).toBe(2);
});

test('one apply is enough', async () => {
  const first = await lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json');
  const { hosts, checks } = reportIn(first.stdout);
  expect(hosts.map(({ error }) => error)).toEqual(names.map(() => null));
  expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
  expect(first.code).toBe(0);
  // It would have to ask whether to change something, and nobody is there to answer.
  const second = await lab.wgpush('apply', '-i', 'prod', '--format', 'json');
  expect(outcomes(reportIn(second.stdout))).toBe(unchanged);
  expect(second.code).toBe(0);
});

describe.each([
  { when: 'after the apply', happens: () => Promise.resolve(), scanned: 'all' },
  { when: 'after all was started anew', happens: startAnew, scanned: 'some' },
  { when: 'after a reboot', happens: reboot, scanned: 'all' },
])('$when', ({ happens, scanned }) => {
  test('at no moment anything undeclared is open', async () => {
    const told = `${lab.directory}/told`;
    const knocking = knockUntil(told);
    await happens();
    await Promise.all(names.map(containerRuns));
    await lab.outside(`touch ${told}`);
    expect(await knocking).toBe('');
  });

  test('from outside nothing answers but SSH and the exception', async () => {
    const scan = async (host: string, address: string) => {
      const ports = host === 'host-1' && scanned === 'all' ? '1-65535' : published;
      return [host, ...(await answeringPorts(lab, address, ports))];
    };
    const found = await Promise.all(
      names.flatMap((host, index) => [
        scan(host, publicAddress(index + 1)),
        scan(host, publicAddress6(index + 1)),
      ]),
    );
    expect(found).toEqual(names.flatMap((host) => [open(host), open(host)]));
  });

  test('from the mesh the declared ports answer those who may, and nobody else', async () => {
    const found = await Promise.all(
      ways.map(async ([from, to, port]) => [from, to, port, await canReach(lab, from, to, port)]),
    );
    expect(found).toEqual(ways);
  });

  test('datagrams come to a container that is declared, and from those who may', async () => {
    const send = (from: string, address: string, port: number) =>
      must(from, `bash -c 'echo hello >/dev/udp/${address}/${String(port)}'`);
    const counts = () =>
      Promise.all(['host-1', 'host-5'].map((host) => datagrams(lab, host, 'stack')));
    const [undeclared = 0, declared = 0] = await counts();
    for (const address of [publicAddress(1), publicAddress6(1), '10.50.0.1', 'fd50:50:50::1']) {
      await send('host-2', address, 5353);
    }
    await send('host-1', publicAddress(5), 8125);
    await send('host-1', publicAddress6(5), 8125);
    await send('host-3', '10.50.0.5', 8125);
    expect(await counts()).toEqual([undeclared, declared]);
    await send('host-1', '10.50.0.5', 8125);
    await send('host-1', 'fd50:50:50::5', 8125);
    expect(await counts()).toEqual([undeclared, declared + 2]);
  });

  test('containers have their way out, and into the mesh as their host has', async () => {
    const reaches = (host: string, address: string, port: number) =>
      containerReaches(lab, host, 'stack', address, port);
    expect(await Promise.all(names.map((host) => reaches(host, outside, 7777)))).toEqual(
      names.map(() => true),
    );
    expect(await reaches('host-3', '10.50.0.1', 9092)).toBe(true);
    expect(await reaches('host-5', '10.50.0.1', 9092)).toBe(false);
  });

  test('who knows the address of a container gets no further', async () => {
    const networks = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    const address = await docker(lab, 'host-2', `inspect stack --format '${networks}'`);
    await lab.outside(`ip route replace ${address} via ${publicAddress(2)}`);
    expect(await answers(address, 80)).toBe(false);
  });

  test('a host reaches its own service by the WireGuard address, as it is declared', async () => {
    const addresses = ['127.0.0.1', '::1', publicAddress(1), publicAddress6(1)];
    const own = ['10.50.0.1', 'fd50:50:50::1'];
    const found = await Promise.all(
      [...addresses, ...own].map((address) => canReach(lab, 'host-1', address, 5432)),
    );
    expect(found).toEqual([...addresses.map(() => false), ...own.map(() => true)]);
    expect(await canReach(lab, 'host-1', '127.0.0.1', 9092)).toBe(true);
    expect(await canReach(lab, 'host-2', '127.0.0.1', 7000)).toBe(true);
  });

  test('all is as wanted', expectUnchanged);
});

async function startAnew(): Promise<void> {
  await Promise.all([
    must('host-1', 'systemctl restart docker'),
    publish(lab, 'host-2', stackOf('host-2')),
    must('host-3', 'ufw reload'),
    must('host-4', 'systemctl restart ufw && docker restart stack'),
  ]);
}

async function reboot(): Promise<void> {
  await Promise.all(names.map((host) => lab.stop(host)));
  await Promise.all(names.map((host) => lab.start(host)));
}

/** All that is declared or published anywhere. */
const published = '22,443,3000,5353,5432,6379,7000,8000,8080-8083,8125,9000,9090-9093,9100-9151';

/** From whom to where, and whether they may. */
const ways: readonly (readonly [string, string, number, boolean])[] = [
  ['host-3', '10.50.0.1', 9092, true],
  ['host-3', 'fd50:50:50::1', 9092, true],
  ['host-5', '10.50.0.1', 9092, false],
  ['host-5', 'fd50:50:50::1', 9092, false],
  ['host-4', '10.50.0.1', 5432, true],
  ['host-2', '10.50.0.1', 5432, false],
  ['host-5', '10.50.0.1', 9101, true],
  ['host-5', 'fd50:50:50::2', 9100, true],
  ['host-1', '10.50.0.2', 9100, false],
  ['host-1', '10.50.0.5', 9090, true],
  ['host-5', '10.50.0.1', 8080, false],
  ['host-5', 'fd50:50:50::4', 8083, false],
  ['host-3', publicAddress(1), 9092, false],
  ['host-3', publicAddress6(1), 9092, false],
  ['host-1', publicAddress(3), 443, true],
  ['host-1', publicAddress6(3), 443, true],
];

async function must(host: string, command: string): Promise<void> {
  const { code, stdout, stderr } = await lab.on(host, command);
  if (code !== 0) throw new Error(`${host}: ${stdout}${stderr}`);
}

async function expectUnchanged(): Promise<void> {
  const { code, stdout } = await lab.wgpush('drift', '-i', 'prod', '--format', 'json');
  const report = reportIn(stdout);
  expect(outcomes(report)).toBe(unchanged);
  expect(report.checks.filter(({ status }) => status === 'fail')).toEqual([]);
  expect(code).toBe(0);
}

/** Does a port answer an outsider? */
async function answers(address: string, port: number): Promise<boolean> {
  const target = `/dev/tcp/${address}/${String(port)}`;
  return (await lab.outside(`timeout 2 bash -c 'exec 3<>${target}' 2>/dev/null`)).code === 0;
}

async function containerRuns(host: string): Promise<void> {
  await must(
    host,
    `for i in $(seq 50); do
[ "$(docker inspect stack --format '{{.State.Running}}' 2>/dev/null)" = true ] && exit
sleep 0.2
done; exit 1`,
  );
}

/** From outside, again and again until a file is there; tells what was open. */
async function knockUntil(told: string): Promise<string> {
  const targets = [
    `${publicAddress(1)}/8080`,
    `${publicAddress6(1)}/9092`,
    `${publicAddress(2)}/9092`,
    `${publicAddress(3)}/8081`,
    `${publicAddress(4)}/8082`,
  ];
  const { stdout } = await lab.outside(`rm -f ${told}
until [ -e ${told} ]; do
for each in ${targets.join(' ')}; do
timeout 0.2 bash -c "exec 3<>/dev/tcp/$each" 2>/dev/null && echo "$each"
done
done`);
  return stdout;
}
