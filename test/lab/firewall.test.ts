/**
 * From every firewall that a host may have to either of ours: one apply is enough, and then nothing is
 * reachable but what is declared, whatever happens to the host.
 */
import { docker, makeImage, publish } from './docker';
import { outcomes, type Report, reportIn } from './inventory';
import { answeringPorts, canReach, hears, listen, listenUdp } from './listener';
import { type Lab, labUp, publicAddress, publicAddress6 } from './running-lab';

let lab: Lab;

/** What a host had before, in the order of the hosts; the last one runs Docker. */
const pasts = [
  'nothing',
  'ufw with rules of its own',
  'ufw disabled',
  'nftables by hand',
  'an older policy by ufw',
  'an older policy by nftables',
  'Docker',
] as const;

interface Fleet {
  readonly backend: 'ufw' | 'nftables';
  /** The number of its first host. */
  readonly first: number;
}

const fleets: readonly Fleet[] = [
  { backend: 'ufw', first: 1 },
  { backend: 'nftables', first: 1 + pasts.length },
];

const numbers = ({ first }: Fleet): readonly number[] => pasts.map((_, index) => first + index);
const nameOf = (number: number): string => `host-${String(number)}`;

const install = 'apt-get install -y -q --no-install-recommends';

/** What somebody did to the host. */
const histories: Readonly<Record<(typeof pasts)[number], string>> = {
  nothing: ':',
  'ufw with rules of its own': `${install} ufw
ufw limit 22/tcp; ufw allow 8000:8100/tcp; ufw deny 23; ufw allow from 192.0.2.0/24; ufw --force enable
iptables -I INPUT -p tcp --dport 8081 -j ACCEPT
sed -i '/^# ok icmp codes for INPUT/i -A ufw-before-input -p tcp --dport 8082 -j ACCEPT' /etc/ufw/before.rules
ufw reload`,
  'ufw disabled': `${install} ufw; ufw allow 8081; ufw default allow incoming`,
  'nftables by hand': `${install} nftables
cat >/etc/nftables.conf <<'END'
#!/usr/sbin/nft -f
flush ruleset
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iifname lo accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    tcp dport { 22, 8081 } accept
  }
}
END
systemctl enable --now nftables`,
  'an older policy by ufw': ':',
  'an older policy by nftables': ':',
  Docker: ':',
};

async function declare(name: string, fleet: Fleet, services: string, backend = fleet.backend) {
  const hosts = numbers(fleet).map(
    (number, index) =>
      `    ${nameOf(number)}: { ansible_host: ${publicAddress(number)}, wg_address: ['10.50.0.${String(index + 1)}', 'fd50:50:50::${String(index + 1)}'] }\n`,
  );
  await lab.rewriteInventory(name, {
    'hosts.yaml': `all:
  vars: { ansible_user: root, ansible_ssh_private_key_file: ${lab.keyFile} }
  hosts:
${hosts.join('')}`,
    'mesh.yaml': `network: { subnets: [10.50.0.0/24, 'fd50:50:50::/64'] }
firewall: { backend: ${backend} }
`,
    'services.yaml': services,
  });
}

const older = 'services: { old: { owner: app-team, hosts: all, port: 8081, from: all } }\n';
const services = `services:
  app: { owner: app-team, hosts: all, ports: [8080, "8200-8203"], from: all, loopback: reject }
`;
const newer = `${services}  cache: { owner: app-team, hosts: all, port: 6379, from: all }\n`;

async function wgpush(command: string, name: string, ...args: string[]): Promise<Report> {
  const all = ['-i', name, '--format', 'json', ...args];
  return reportIn((await lab.wgpush(command, ...all)).stdout);
}

const all = (fleet: Fleet, outcome: string): string =>
  numbers(fleet)
    .map((number) => `${nameOf(number)} ${outcome}`)
    .sort()
    .join(', ');

beforeAll(async () => {
  const dockers = fleets.map(({ first }) => nameOf(first + pasts.length - 1));
  lab = await labUp('firewall', fleets.length * pasts.length, { docker: dockers });
  await Promise.all(
    fleets.flatMap((fleet) =>
      numbers(fleet).map(async (number, index) => {
        const host = nameOf(number);
        const past = pasts[index] ?? 'nothing';
        const { stderr, code } = await lab.on(
          host,
          `{ ${histories[past]}\n} >/dev/null 2>/tmp/e || { cat /tmp/e >&2; exit 1; }`,
        );
        if (code !== 0) throw new Error(`${host}: ${stderr}`);
        if (past !== 'Docker') return;
        await makeImage(lab, host);
        await publish(lab, host, { name: 'stack', ports: ['8080:80', '8081:80', '8201:80'] });
      }),
    ),
  );
  // One after the other: the lock of an inventory has one writer.
  for (const fleet of fleets) {
    for (const backend of ['ufw', 'nftables'] as const) {
      await declare(fleet.backend, fleet, older, backend);
      const host = nameOf(fleet.first + (backend === 'ufw' ? 4 : 5));
      await wgpush('apply', fleet.backend, '--limit', host, '--yes');
    }
  }
}, 400_000);

afterAll(() => lab.down());

describe.each(fleets)('to $backend', (fleet) => {
  const name = fleet.backend;
  const last = fleet.first + pasts.length - 1;

  test('one apply is enough, whatever there was', async () => {
    await declare(name, fleet, services);
    const plan = await wgpush('plan', name);
    expect(outcomes(plan)).toBe(all(fleet, 'pending'));
    const first = await wgpush('apply', name, '--yes');
    expect(first.hosts.map(({ error }) => error)).toEqual(pasts.map(() => null));
    expect(outcomes(first)).toBe(all(fleet, 'changed'));
    expect(first.checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(outcomes(await wgpush('drift', name))).toBe(all(fleet, 'unchanged'));
  }, 240_000);

  test('what listens is reachable as it is declared, by both families', async () => {
    await Promise.all(
      numbers(fleet).map(async (number) => {
        if (number === last) return;
        for (const port of [8080, 8081, 8082]) await listen(lab, nameOf(number), '::', port);
      }),
    );
    const peer = fleet.first;
    for (const number of numbers(fleet).slice(1)) {
      const wg = String(number - fleet.first + 1);
      for (const address of [`10.50.0.${wg}`, `fd50:50:50::${wg}`]) {
        expect([address, await canReach(lab, nameOf(peer), address, 8080)]).toEqual([
          address,
          true,
        ]);
      }
      expect(await canReach(lab, nameOf(peer), `10.50.0.${wg}`, 8081)).toBe(false);
    }
  }, 240_000);

  test('a host reaches what it rejects by loopback only by its WireGuard address', async () => {
    for (const number of [fleet.first, last]) {
      const wg = String(number - fleet.first + 1);
      const tried = ['127.0.0.1', '::1', publicAddress(number), publicAddress6(number)];
      for (const address of tried) {
        expect([address, await canReach(lab, nameOf(number), address, 8080)]).toEqual([
          address,
          false,
        ]);
      }
      expect(await canReach(lab, nameOf(number), `10.50.0.${wg}`, 8080)).toBe(true);
      expect(await canReach(lab, nameOf(number), '127.0.0.1', 8081)).toBe(true);
    }
  });

  test('of all 65,535 ports an outsider finds SSH alone, by both families', async () => {
    const scans = [fleet.first, last].flatMap((number) => [
      answeringPorts(lab, publicAddress(number)),
      answeringPorts(lab, publicAddress6(number)),
    ]);
    expect(await Promise.all(scans)).toEqual([[22], [22], [22], [22]]);
  }, 240_000);

  test('a UDP listener that nobody declared receives nothing', async () => {
    const [host, from] = [nameOf(fleet.first), nameOf(fleet.first + 1)];
    await listenUdp(lab, host, 5353);
    for (const address of [publicAddress(fleet.first), '10.50.0.1']) {
      expect(await hears(lab, { from, host, address, port: 5353 })).toBe(false);
    }
  });

  test('a changed list of services costs no packet of a hundred a second', async () => {
    await declare(name, fleet, newer);
    const host = nameOf(fleet.first);
    await lab.on(host, 'systemd-run --quiet --unit loss ping -n -i 0.01 10.50.0.2');
    const { hosts } = await wgpush('apply', name, '--yes');
    await lab.on(host, 'systemctl kill --signal INT loss; sleep 0.5');
    const { stdout } = await lab.on(host, 'journalctl -q -o cat -u loss | grep transmitted');
    expect(hosts.map(({ outcome }) => outcome)).toEqual(pasts.map(() => 'changed'));
    const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(stdout) ?? [];
    expect(Number(sent)).toBeGreaterThan(100);
    expect(received).toBe(sent);
  }, 120_000);

  const started =
    name === 'ufw'
      ? 'ufw reload'
      : 'systemctl restart wgpush-firewall; systemctl restart nftables; systemctl disable --now nftables; systemctl start wgpush-firewall';
  test.each([
    ['the firewall was loaded anew', fleet.first + 1, started],
    ['Docker was restarted', last, 'systemctl restart docker'],
    ['the container was made again', last, undefined],
  ])('nothing is open after %s', async (_, number, command) => {
    const host = nameOf(number);
    if (command === undefined) {
      await publish(lab, host, { name: 'stack', ports: ['8080:80', '8081:80', '8201:80'] });
    } else expect((await lab.on(host, command)).code).toBe(0);
    await expectClosed(number);
  });

  test('nor after a reboot, and all is as wanted', async () => {
    const rebooted = [fleet.first, fleet.first + 3, last];
    await Promise.all(rebooted.map((number) => lab.stop(nameOf(number))));
    await Promise.all(rebooted.map((number) => lab.start(nameOf(number))));
    await docker(lab, nameOf(last), 'start stack');
    await Promise.all(rebooted.map(expectClosed));
    expect(outcomes(await wgpush('drift', name))).toBe(all(fleet, 'unchanged'));
  }, 240_000);
});

/** What is published or declared anywhere, and what once was open. */
async function expectClosed(number: number): Promise<void> {
  const ports = '22,23,80,6379,8000-8300,51820';
  const scans = [publicAddress(number), publicAddress6(number)].map((address) =>
    answeringPorts(lab, address, ports),
  );
  expect(await Promise.all(scans)).toEqual([[22], [22]]);
}
