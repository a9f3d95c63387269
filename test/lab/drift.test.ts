/**
 * What somebody does to a host by hand is found by drift, named, and healed by one apply.
 *
 * Each host of the lab is edited in another way at the same time, because a look and an apply take
 * as long for three hosts as for one.
 */
import { inventoryOf, outcomes, type Report, reportIn } from './inventory';
import { listen } from './listener';
import { type Lab, labUp } from './running-lab';

let lab: Lab;

beforeAll(async () => {
  lab = await labUp('drift', 3);
  await lab.writeInventory('prod', inventoryOf(lab));
  expect((await lab.wgpush('apply', '-i', 'prod', '--yes')).code).toBe(0);
});

afterAll(() => lab.down());

interface Edit {
  readonly edit: string;
  readonly command: string;
  /** Summaries of the changes that drift names, in their order. */
  readonly named: readonly string[];
  /** What the differences must show. */
  readonly shows: string;
}

/** What can be done to host-OWN, with host-PEER as one of its peers. */
const editsOf = (own: string, peer: string): readonly Edit[] => [
  {
    edit: 'a peer removed with wg set',
    command: `wg set wg0 peer "$(sed -n '/Peer.*host-${peer}/{n;s/PublicKey = //p}' /etc/wireguard/wg0.conf)" remove`,
    named: [`add peer host-${peer} on wg0`],
    shows: `allowed ips: 10.50.0.${peer}/32, fd50:50:50::${peer}/128`,
  },
  {
    edit: 'a foreign peer added with wg set',
    command: 'wg set wg0 peer "$(wg genkey | wg pubkey)" allowed-ips 10.50.0.99/32',
    named: [expect.stringMatching(/^remove peer \S{44} from wg0$/) as string],
    shows: 'allowed ips: 10.50.0.99/32',
  },
  {
    edit: "another peer's address taken with wg set",
    command: `wg set wg0 peer "$(wg genkey | wg pubkey)" allowed-ips 10.50.0.${peer}/32`,
    named: [
      `change peer host-${peer} on wg0`,
      expect.stringMatching(/^remove peer \S{44} from wg0$/) as string,
    ],
    shows: `allowed ips: fd50:50:50::${peer}/128`,
  },
  {
    edit: 'a line edited in wg0.conf',
    command: "sed -i 's/^MTU = .*/MTU = 1380/' /etc/wireguard/wg0.conf",
    named: ['rewrite /etc/wireguard/wg0.conf'],
    shows: 'MTU = 1380',
  },
  {
    edit: 'SaveConfig switched on in wg0.conf',
    command: "sed -i '/^MTU/a SaveConfig = true' /etc/wireguard/wg0.conf",
    named: ['rewrite /etc/wireguard/wg0.conf'],
    shows: 'SaveConfig = true',
  },
  {
    edit: 'another private key in wg0.conf',
    command: 'sed -i "s|^PrivateKey = .*|PrivateKey = $(wg genkey)|" /etc/wireguard/wg0.conf',
    named: ['rewrite /etc/wireguard/wg0.conf'],
    shows: 'PrivateKey = (another key)',
  },
  {
    edit: 'wg0.conf and its key made readable for all',
    command: 'chmod 644 /etc/wireguard/wg0.conf /etc/wireguard/wg0.key',
    named: [
      'let only root read /etc/wireguard/wg0.key',
      'let only root read /etc/wireguard/wg0.conf',
    ],
    shows: 'mode 644, owner root',
  },
  {
    edit: 'ufw allow 9999',
    command: 'ufw allow 9999',
    named: ['remove 2 rules'],
    shows: 'allow 9999 from anywhere',
  },
  {
    edit: 'rules that were added over the years',
    command:
      'ufw limit 22/tcp; ufw deny 23; ufw allow OpenSSH; ufw allow proto tcp from 192.0.2.0/24 to any port 80,443; ufw route allow in on eth0 out on wg0',
    named: [expect.stringMatching(/^admit 2 rules, remove \d+ rules$/) as string],
    shows: 'route:allow everything in on eth0 out on wg0 from anywhere',
  },
  {
    edit: 'a declared rule deleted',
    command: 'ufw --force delete allow 51820/udp',
    named: ['admit 2 rules'],
    shows: 'allow 51820/udp from anywhere # wireguard',
  },
  {
    edit: 'a rule added past ufw, in the kernel only',
    command: 'iptables -I ufw-user-input 1 -p tcp --dport 7777 -j ACCEPT',
    named: ['remove 1 rule'],
    shows: '7777',
  },
  {
    edit: 'ufw disabled',
    command: 'ufw disable',
    named: ['enable ufw'],
    shows: 'ufw is disabled',
  },
  {
    edit: 'the packet filter flushed',
    command: 'iptables -P INPUT ACCEPT; iptables -F',
    named: ['start ufw anew'],
    shows: 'ufw is enabled, but not in force',
  },
  {
    edit: 'incoming allowed by default',
    command: 'ufw default allow incoming',
    named: ['deny incoming by default', 'start ufw anew'],
    shows: 'incoming: accept',
  },
  {
    edit: 'IPv6 left unguarded',
    command: 'sed -i s/^IPV6=yes/IPV6=no/ /etc/default/ufw; ufw reload',
    named: [
      expect.stringMatching(/^admit \d+ rules$/) as string,
      'guard IPv6 as well',
      'start ufw anew',
    ],
    shows: 'IPV6=no',
  },
  {
    edit: 'the unit stopped',
    command: 'systemctl stop wg-quick@wg0',
    named: ['start wg-quick@wg0.service'],
    shows: 'wg-quick@wg0.service is inactive',
  },
  {
    edit: 'the unit disabled',
    command: 'systemctl disable wg-quick@wg0',
    named: ['start wg-quick@wg0.service at boot'],
    shows: 'wg-quick@wg0.service is disabled',
  },
  {
    edit: 'an address removed from wg0',
    command: `ip address delete 10.50.0.${own}/24 dev wg0`,
    named: [`add 10.50.0.${own}/24 to wg0`, 'route 10.50.0.0/24 over wg0'],
    shows: `address 10.50.0.${own}/24`,
  },
  {
    edit: 'a foreign address on wg0',
    command: 'ip address add 10.50.0.77/32 dev wg0',
    named: ['remove 10.50.0.77/32 from wg0'],
    shows: 'address 10.50.0.77/32',
  },
  {
    edit: 'wg0 taken down',
    command: 'ip link set wg0 down',
    named: [
      'bring wg0 up',
      `add fd50:50:50::${own}/64 to wg0`,
      'route 10.50.0.0/24 over wg0',
      'route fd50:50:50::/64 over wg0',
    ],
    shows: 'wg0 is down',
  },
  {
    edit: 'wg0 deleted',
    command: 'ip link delete wg0',
    named: ['create wg0 again'],
    shows: 'wg-quick@wg0.service is active, but wg0 is gone',
  },
  {
    edit: 'wg0 started by hand',
    command: 'systemctl stop wg-quick@wg0; wg-quick up wg0',
    named: ['hand wg0 over to wg-quick@wg0.service', 'start wg-quick@wg0.service'],
    shows: 'wg0 runs, but wg-quick@wg0.service did not start it',
  },
  {
    edit: 'another listen port and another MTU at run time',
    command: 'wg set wg0 listen-port 51999; ip link set wg0 mtu 1300',
    named: ['let wg0 listen on port 51820', 'set the MTU of wg0 to 1420'],
    shows: 'listen port 51999',
  },
  {
    edit: 'wireguard-tools purged',
    command: 'dpkg --purge --force-depends wireguard-tools',
    named: [
      'install wireguard-tools',
      'start wg-quick@wg0.service at boot',
      'start wg-quick@wg0.service',
    ],
    shows: 'package wireguard-tools',
  },
  {
    edit: 'ufw purged',
    command: 'apt-get purge -y ufw',
    named: [
      'install ufw',
      expect.stringMatching(/^admit \d+ rules$/) as string,
      'enable ufw',
      'start ufw.service at boot',
    ],
    shows: 'package ufw',
  },
];

const drift = () => run('drift', '-i', 'prod');
const apply = () => run('apply', '-i', 'prod', '--yes');

async function run(command: string, ...args: readonly string[]): Promise<Report> {
  const { code, stdout } = await lab.wgpush(command, ...args, '--format', 'json');
  const report = reportIn(stdout);
  expect(code).toBe(report.exitCode);
  return report;
}

/** The edits in threes: one for each host, which has the next host for a peer. */
const rounds = Array.from({ length: Math.ceil(editsOf('1', '2').length / 3) }, (_, round) => ({
  round: round + 1,
  edits: [1, 2, 3].flatMap((own, index) =>
    editsOf(String(own), String((own % 3) + 1))
      .slice(3 * round + index, 3 * round + index + 1)
      .map((edit) => ({ host: `host-${String(own)}`, ...edit })),
  ),
}));

describe.each(rounds)('round $round', ({ edits }) => {
  let reports: readonly Report[];

  beforeAll(async () => {
    await Promise.all(edits.map(({ host, command }) => lab.on(host, command)));
    reports = [await drift(), await apply(), await drift()];
  });

  test.each(edits)('$edit is found and healed', ({ host, named, shows }) => {
    const [found, healed, after] = reports.map(({ hosts }) =>
      hosts.find((each) => each.host === host),
    );
    expect(found?.outcome).toBe('pending');
    expect(found?.changes.map(({ summary }) => summary)).toEqual(named);
    const differences = found?.changes.map(({ before, after: then }) => `${before}\n${then}`);
    expect(differences?.join('\n')).toContain(shows);
    expect(healed?.outcome).toBe('changed');
    expect(after?.outcome).toBe('unchanged');
  });

  test('drift exits with 2, and with 0 when an apply has healed it', () => {
    expect(reports.map(({ exitCode }) => exitCode)).toEqual([2, 0, 0]);
  });
});

/**
 * All of a host that a look could change. Left out is what goes on by itself, and what any login
 * leaves (pam's, journald's): logs, leases, clocks and counters.
 */
const state = [
  "find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /dev -o -path /var/log -o -path /var/lib/systemd/timers -o -path /var/lib/systemd/random-seed \\) -prune -o -printf '%p %y %m %u %g %l\\n' | sort",
  'find /etc /root /home /usr/local /var/lib /var/spool /boot -xdev -type f ! -path "/var/lib/systemd/*" -exec sha256sum {} + | sort',
  'find /run /tmp -xdev ! -path "/run/systemd/*" ! -path "/run/log/*" ! -path "/run/user*" ! -path "/run/utmp" ! -path "/tmp/systemd-private*" -printf "%p %y %m\\n" | sort',
  "dpkg-query -W -f '${Package} ${Version} ${Status}\\n'",
  'iptables-save; ip6iptables-save 2>/dev/null',
  'nft list ruleset',
  'wg show wg0 dump | cut -f 1,2,4,8',
  'ip address show; ip -6 route show table all; ip route show table all; ip rule; ip -6 rule',
  'sysctl -a 2>/dev/null | grep -E "^(net.ipv4.(ip_forward|conf)|net.ipv6.conf|net.core)"',
  'systemctl list-unit-files --no-legend; systemctl list-units --no-legend --plain --type=service,socket,timer,path | grep -v -e "user@" -e user-runtime-dir -e "session-"',
  'getent passwd; crontab -l 2>/dev/null',
]
  // Counters of packets and bytes, and what an address has left to live.
  .map(
    (command) =>
      `{ ${command}; } | sed -E 's/\\[[0-9]+:[0-9]+\\]//; s/packets [0-9]+ bytes [0-9]+//; /^#/d; s/_lft [0-9]+sec//g; s/expires [0-9]+sec//'`,
  )
  .join('\n');

test('drift and verify change nothing on a host that is as declared', async () => {
  const before = await lab.on('host-2', state);
  expect(before.stdout.split('\n').length).toBeGreaterThan(1000);
  await lab.wgpush('plan', '-i', 'prod');
  await lab.wgpush('verify', '-i', 'prod');
  await drift();
  expect(differences(before.stdout, (await lab.on('host-2', state)).stdout)).toEqual([]);
});

test('drift changes nothing on a host that it finds changed, and finds no other changed', async () => {
  await lab.on('host-1', 'ufw allow 9999; wg set wg0 peer "$(wg genkey | wg pubkey)"');
  const before = await lab.on('host-1', state);
  expect(outcomes(await drift())).toBe('host-1 pending, host-2 unchanged, host-3 unchanged');
  expect(differences(before.stdout, (await lab.on('host-1', state)).stdout)).toEqual([]);
  expect(outcomes(await apply())).toBe('host-1 changed, host-2 unchanged, host-3 unchanged');
});

/** Rules for a port that somebody opened, which is three things. @param expires the end of the last. */
const ignoring = (expires: string) => `ignores:
  - { id: IG-1, hosts: web, role: firewall, match: '8080', reason: r, owner: o, expires: 9999-12-31 }
  - { id: IG-2, hosts: web, check: INV-1, match: '8080', reason: r, owner: o, expires: 9999-12-31 }
  - { id: IG-3, hosts: web, check: SC-2, match: '8080', reason: r, owner: o, expires: ${expires} }
  - { id: IG-4, hosts: db, resource: forwarding, reason: r, owner: o, expires: 9999-12-31 }
`;

/** What does not hold or does not count, a line each. */
function findings({ checks }: Report): readonly string[] {
  return checks
    .filter(({ status }) => status === 'fail' || status === 'ignored')
    .map(({ id, host, status, title, ignored }) => {
      const by = ignored?.by.map((rule) => rule.id).join() ?? '';
      return `${status} ${id} ${host} ${title.split(' ').slice(0, 3).join(' ')}: ${by}`;
    })
    .sort();
}

/** What is new of it; services that nobody runs here are another matter. */
function news({ drifting = [] }: Report): readonly string[] {
  return drifting
    .filter(({ state, title }) => state === 'new' && !/postgres|every service/.test(title))
    .map(({ title }) => title)
    .sort((one, other) => one.localeCompare(other));
}

test('what rules ignore is told and moves no exit code, until they end, and nothing else beside it', async () => {
  const rewrite = (expires: string) =>
    lab.rewriteInventory('prod', inventoryOf(lab, { 'ignores.yaml': ignoring(expires) }));
  const open = (host: string, port: string) => lab.on(host, `ufw allow ${port}`);
  await Promise.all([
    rewrite('9999-12-31'),
    open('host-1', '8080').then(() => listen(lab, 'host-1', '0.0.0.0', 8080)),
  ]);
  const passedOver = await drift();
  expect(passedOver.exitCode).toBe(0);
  expect(outcomes(passedOver)).toBe('host-1 unchanged, host-2 unchanged, host-3 unchanged');
  expect(passedOver.hosts[0]?.ignored).toMatchObject([
    { summary: 'remove 2 rules', by: [{ id: 'IG-1' }] },
  ]);
  expect(findings(passedOver)).toEqual([
    'ignored INV-1 host-1 no rule of: IG-2',
    'ignored INV-1 host-1 nothing undeclared listens: IG-2',
    'ignored SC-2 host-1 nothing undeclared answers: IG-3',
    'ignored SC-2 host-1 nothing undeclared of: IG-3',
  ]);
  expect(news(passedOver)).toEqual([]);
  expect(passedOver.warnings).toEqual([
    'ignore rule IG-4 ignores nothing any more; remove it from ignores.yaml',
  ]);

  await Promise.all([
    rewrite('2020-01-01'),
    open('host-2', '8080').then(() => open('host-2', '9999')),
  ]);
  const counted = await drift();
  expect(counted.exitCode).toBe(2);
  expect(outcomes(counted)).toBe('host-1 unchanged, host-2 pending, host-3 unchanged');
  expect(findings(counted)).toEqual([
    'fail INV-1 host-2 no rule of: ',
    'fail SC-2 host-1 ignore rule IG-3: ',
    'fail SC-2 host-1 nothing undeclared answers: ',
    'fail SC-2 host-1 nothing undeclared of: ',
    'fail SC-2 host-2 ignore rule IG-3: ',
    'ignored INV-1 host-1 no rule of: IG-2',
    'ignored INV-1 host-1 nothing undeclared listens: IG-2',
  ]);
  expect(news(counted)).toEqual([
    'firewall: remove 4 rules',
    'INV-1 fail: no rule of host-2 admits what nobody declared',
    'SC-2 fail: ignore rule IG-3 (r) of host-1 has not expired',
    'SC-2 fail: ignore rule IG-3 (r) of host-2 has not expired',
    'SC-2 fail: nothing undeclared answers on the public addresses of host-1',
    'SC-2 fail: nothing undeclared of host-1 answers other hosts past WireGuard',
  ]);

  // It is made, whatever a rule says.
  expect(outcomes(await apply())).toBe('host-1 changed, host-2 changed, host-3 unchanged');
});

/** The lines that only one of them has. */
function differences(before: string, after: string): readonly string[] {
  const [had, has] = [before, after].map((text) => new Set(text.split('\n')));
  return [
    ...[...(had ?? [])].filter((line) => has?.has(line) === false).map((line) => `- ${line}`),
    ...[...(has ?? [])].filter((line) => had?.has(line) === false).map((line) => `+ ${line}`),
  ];
}
