import { policyOf, type Rule, ruleKey } from '../../src/model/firewall-policy';
import type { Inventory } from '../../src/model/inventory';
import { meshOf } from '../../src/model/mesh';
import { rangeText } from '../../src/model/port';
import { exceptionNamed, hostNamed, inventoryOf, lockOf, net, serviceNamed, today } from './fleet';

/** A rule in one line: `4 tcp 22 any <- any (ssh)`. */
function text({ family, protocol, ports, interface: on, source, comment }: Rule): string {
  const port = ports === undefined ? 'any' : rangeText(ports);
  return `${family} ${protocol ?? 'any'} ${port} ${on ?? 'any'} <- ${source ?? 'any'} (${comment})`;
}

function policyText(inventory: Inventory, host = 'db-1'): readonly string[] {
  const found = inventory.hosts.find((each) => each.name === host);
  if (found === undefined) throw new Error(`no ${host}`);
  return policyOf(found, inventory, meshOf(inventory, lockOf(inventory)), today).rules.map(text);
}

const hosts = ['db-1', 'web-1', 'web-2'];

const always = [
  '4 tcp 22 any <- any (ssh)',
  '6 tcp 22 any <- any (ssh)',
  '4 tcp 22 wg0 <- 10.50.0.0/24 (ssh over wireguard)',
  '6 tcp 22 wg0 <- fd50::/64 (ssh over wireguard)',
  '4 udp 51820 any <- any (wireguard)',
  '6 udp 51820 any <- any (wireguard)',
];

test('a host without services admits SSH and WireGuard alone', () => {
  expect(policyText(inventoryOf(hosts))).toEqual(always);
});

test('what keeps the operator in comes first', () => {
  const services = [serviceNamed('a', { hosts: ['db-1'] })];
  const rules = policyText(inventoryOf(hosts, { services }));
  expect(rules.slice(0, always.length)).toEqual(always);
});

test('a host listens where its inventory says', () => {
  const login = {
    host: 'db-1',
    port: 2222,
    user: 'root',
    identityFile: undefined,
    become: undefined,
    jumps: [],
    alias: 'db-1',
    open: [],
    settings: undefined,
  };
  const inventory = inventoryOf([hostNamed('db-1', { login, listenPort: 4000 }), 'web-1']);
  const rules = policyText(inventory);
  expect(
    rules.filter((rule) => rule.includes('ssh')).every((rule) => rule.includes(' 2222 ')),
  ).toBe(true);
  expect(rules.filter((rule) => rule.includes('(wireguard)'))).toEqual([
    '4 udp 4000 any <- any (wireguard)',
    '6 udp 4000 any <- any (wireguard)',
  ]);
});

test.each<[string, Partial<Inventory>, readonly string[]]>([
  [
    'a service for some hosts is open on wg0 to their addresses',
    { services: [serviceNamed('pg', { hosts: ['db-1'], from: ['web-1', 'web-2'] })] },
    [
      '4 tcp 5432 wg0 <- 10.50.0.2/32 (service pg)',
      '6 tcp 5432 wg0 <- fd50::2/128 (service pg)',
      '4 tcp 5432 wg0 <- 10.50.0.3/32 (service pg)',
      '6 tcp 5432 wg0 <- fd50::3/128 (service pg)',
    ],
  ],
  [
    'a service for all is open on wg0 to the subnets',
    { services: [serviceNamed('pg', { hosts: ['db-1'], from: 'all' })] },
    ['4 tcp 5432 wg0 <- 10.50.0.0/24 (service pg)', '6 tcp 5432 wg0 <- fd50::/64 (service pg)'],
  ],
  [
    'a host needs no rule to reach itself',
    { services: [serviceNamed('pg', { hosts: ['db-1'], from: ['db-1', 'web-1'] })] },
    ['4 tcp 5432 wg0 <- 10.50.0.2/32 (service pg)', '6 tcp 5432 wg0 <- fd50::2/128 (service pg)'],
  ],
  [
    'a service for nobody is open to nobody',
    { services: [serviceNamed('pg', { hosts: ['db-1'], from: [] })] },
    [],
  ],
  [
    'the service of another host is no affair of this one',
    { services: [serviceNamed('pg', { hosts: ['web-1'] })] },
    [],
  ],
  [
    'each range of a service is a rule',
    {
      services: [
        serviceNamed('kafka', {
          hosts: ['db-1'],
          protocol: 'udp',
          ports: [
            { first: 9092, last: 9092 },
            { first: 9100, last: 9110 },
          ],
          from: ['web-1'],
        }),
      ],
    },
    [
      '4 udp 9092 wg0 <- 10.50.0.2/32 (service kafka)',
      '6 udp 9092 wg0 <- fd50::2/128 (service kafka)',
      '4 udp 9100-9110 wg0 <- 10.50.0.2/32 (service kafka)',
      '6 udp 9100-9110 wg0 <- fd50::2/128 (service kafka)',
    ],
  ],
  [
    'two services that admit the same are one rule',
    {
      services: [serviceNamed('a', { hosts: ['db-1'] }), serviceNamed('b', { hosts: ['db-1'] })],
    },
    ['4 tcp 5432 wg0 <- 10.50.0.0/24 (service a)', '6 tcp 5432 wg0 <- fd50::/64 (service a)'],
  ],
  [
    'an exception is open on every interface to its sources',
    {
      exceptions: [exceptionNamed('EX-1', { hosts: ['db-1'], sources: [net('198.51.100.0/24')] })],
    },
    ['4 tcp 443 any <- 198.51.100.0/24 (exception EX-1)'],
  ],
  [
    'an exception for anybody is open in both families',
    { exceptions: [exceptionNamed('EX-1', { hosts: ['db-1'], sources: 'any' })] },
    ['4 tcp 443 any <- any (exception EX-1)', '6 tcp 443 any <- any (exception EX-1)'],
  ],
  [
    '0.0.0.0/0 is anybody, in its own family',
    { exceptions: [exceptionNamed('EX-1', { hosts: ['db-1'], sources: [net('0.0.0.0/0')] })] },
    ['4 tcp 443 any <- any (exception EX-1)'],
  ],
  [
    'an exception holds on its last day',
    { exceptions: [exceptionNamed('EX-1', { hosts: ['db-1'], expires: today })] },
    ['4 tcp 443 any <- any (exception EX-1)', '6 tcp 443 any <- any (exception EX-1)'],
  ],
  [
    'an exception admits nobody the day after',
    { exceptions: [exceptionNamed('EX-1', { hosts: ['db-1'], expires: '2026-06-14' })] },
    [],
  ],
  [
    'the exception of another host is no affair of this one',
    { exceptions: [exceptionNamed('EX-1', { hosts: ['web-1'] })] },
    [],
  ],
])('%s', (_, more, rules) => {
  expect(policyText(inventoryOf(hosts, more))).toEqual([...always, ...rules]);
});

test('SSH is open to the sources that may use it, and over wg0 to the whole network', () => {
  const firewall = {
    backend: 'ufw',
    sshSources: [net('198.51.100.0/24'), net('2001:db8::/32')],
    unmanagedRules: 'remove',
  } as const;
  expect(
    policyText(inventoryOf(hosts, { firewall })).filter((rule) => rule.includes('ssh')),
  ).toEqual([
    '4 tcp 22 any <- 198.51.100.0/24 (ssh)',
    '6 tcp 22 any <- 2001:db8::/32 (ssh)',
    '4 tcp 22 wg0 <- 10.50.0.0/24 (ssh over wireguard)',
    '6 tcp 22 wg0 <- fd50::/64 (ssh over wireguard)',
  ]);
});

test('every family gets its rules, also where the network has one family only', () => {
  const network = {
    interface: 'wg1',
    subnets: [net('10.50.0.0/24')],
    mtu: 1420,
    quarantineDays: 30,
  };
  const services = [serviceNamed('pg', { hosts: ['db-1'] })];
  expect(policyText(inventoryOf(hosts, { network, services }))).toEqual([
    '4 tcp 22 any <- any (ssh)',
    '6 tcp 22 any <- any (ssh)',
    '4 tcp 22 wg1 <- 10.50.0.0/24 (ssh over wireguard)',
    '4 udp 51820 any <- any (wireguard)',
    '6 udp 51820 any <- any (wireguard)',
    '4 tcp 5432 wg1 <- 10.50.0.0/24 (service pg)',
  ]);
});

test('a comment does not make a rule another one, and everything else does', () => {
  const rule: Rule = {
    family: 4,
    interface: 'wg0',
    protocol: 'tcp',
    ports: { first: 1, last: 1 },
    source: '10.0.0.0/8',
    comment: 'a',
  };
  const others: readonly Rule[] = [
    { ...rule, family: 6 },
    { ...rule, interface: undefined },
    { ...rule, protocol: undefined },
    { ...rule, protocol: 'udp' },
    { ...rule, ports: undefined },
    { ...rule, ports: { first: 1, last: 2 } },
    { ...rule, source: undefined },
  ];
  expect(ruleKey({ ...rule, comment: 'b' })).toBe(ruleKey(rule));
  expect(new Set([rule, ...others].map(ruleKey)).size).toBe(others.length + 1);
});
