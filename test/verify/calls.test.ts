/** Which hosts knock at which others. */
import type { OwnAddress } from '../../src/facts/own-addresses';
import { type Called, callsOf } from '../../src/verify/calls';
import { outsideAddressesOf } from '../../src/verify/outside-addresses';
import { hostNamed, inventoryOf, ip, net } from '../model/fleet';

const own = (address: string, length: number, link = `02:${address}`): OwnAddress => ({
  address: ip(address),
  net: net(`${address}/${String(length)}`),
  link,
});

function called(host: string, more: Partial<Called['addresses']>, ports = [5432]): Called {
  return { host, addresses: { public: [], lan: [], ...more }, ports };
}

const fleet = (count: number): readonly Called[] =>
  Array.from({ length: count }, (_, index) =>
    called(`host-${String(index + 1)}`, { public: [ip(`203.0.113.${String(index + 1)}`)] }),
  );

/** `a>b 10.0.0.2`, sorted. */
const lines = (all: readonly Called[]): readonly string[] =>
  callsOf(all)
    .calls.map(({ from, to, address }) => `${from}>${to} ${address}`)
    .sort();

test('in a small fleet everybody tries everybody else', () => {
  expect(lines(fleet(3))).toEqual([
    'host-1>host-2 203.0.113.2',
    'host-1>host-3 203.0.113.3',
    'host-2>host-1 203.0.113.1',
    'host-2>host-3 203.0.113.3',
    'host-3>host-1 203.0.113.1',
    'host-3>host-2 203.0.113.2',
  ]);
});

test('in a large one three try each, and each has its share of it', () => {
  const { calls } = callsOf(fleet(200));
  expect(calls).toHaveLength(600);
  const perCaller = new Map<string, number>();
  for (const { from } of calls) perCaller.set(from, (perCaller.get(from) ?? 0) + 1);
  expect(new Set(perCaller.values())).toEqual(new Set([3]));
  expect(lines(fleet(200).toReversed())).toEqual(lines(fleet(200)));
});

test('a host where there is nothing to try is not tried, and tries others', () => {
  const idle = called('idle', { public: [ip('203.0.113.9')] }, []);
  expect(lines([idle, ...fleet(1)])).toEqual(['idle>host-1 203.0.113.1']);
});

test('by IPv6 only those try who have it, and from behind NAT a host tries by IPv4', () => {
  const all = [
    called('both', { public: [ip('203.0.113.1'), ip('2001:db8::1')] }),
    called('four', { public: [ip('203.0.113.2')] }),
    called('nat', { lan: [own('192.168.1.2', 24), own('fd00::2', 64)] }, []),
    called('six', { public: [ip('2001:db8::3')] }),
  ];
  expect(lines(all)).toEqual([
    'both>four 203.0.113.2',
    'both>six 2001:db8::3',
    'four>both 203.0.113.1',
    'nat>both 203.0.113.1',
    'nat>four 203.0.113.2',
    'six>both 2001:db8::1',
  ]);
});

test('an address of a LAN is tried by those in the LAN, who make sure of its neighbour', () => {
  const all = [
    called('a', { lan: [own('10.0.0.1', 24, '02:0a')] }),
    called('b', { lan: [own('10.0.0.2', 24)] }, []),
    called('c', { lan: [own('10.0.1.1', 24)] }),
    called('d', { public: [ip('203.0.113.1')] }, []),
  ];
  const { calls, uncalled } = callsOf(all);
  expect(calls).toEqual([
    { from: 'b', to: 'a', address: '10.0.0.1', link: '02:0a', ports: [5432] },
  ]);
  expect(uncalled).toEqual([
    { to: 'c', address: '10.0.1.1', why: 'no other host of this run is in its network' },
  ]);
});

test('nobody tries an address that it has itself', () => {
  // Two networks of the same numbers, and two hosts behind one router.
  const all = ['a', 'b'].map((host) =>
    called(host, { public: [ip('203.0.113.1')], lan: [own('192.168.1.2', 24)] }),
  );
  expect(callsOf(all)).toMatchObject({ calls: [], uncalled: { length: 4 } });
});

describe('a host can be come to', () => {
  const login = { ...hostNamed('a').login, host: '203.0.113.7' };
  const told = [
    own('203.0.113.8', 24),
    own('2001:db8::8', 64),
    own('10.0.0.8', 24),
    own('fd00::8', 64),
    own('10.50.0.9', 24),
  ];
  const of = (host = hostNamed('a', { login })) => {
    const found = outsideAddressesOf(host, inventoryOf([host]), told);
    return [found.public, found.lan.map(({ address }) => address)];
  };

  test('by what the inventory declares and what it tells itself, but not by WireGuard', () => {
    expect(of()).toEqual([
      ['203.0.113.7', '203.0.113.8', '2001:db8::8'],
      ['10.0.0.8', 'fd00::8'],
    ]);
  });

  test('from behind NAT by the router, and in its own networks', () => {
    expect(of(hostNamed('a', { login, endpoints: [] }))).toEqual([
      ['203.0.113.7'],
      ['203.0.113.8', '2001:db8::8', '10.0.0.8', 'fd00::8'],
    ]);
  });

  test('by a private address of the inventory in its own network only', () => {
    const inside = { ...login, host: '10.0.0.8' };
    const endpoints = [{ host: '10.0.0.8', port: 51820 }];
    const [internet] = of(hostNamed('a', { login: inside, endpoints }));
    expect(internet).toEqual(['203.0.113.8', '2001:db8::8']);
  });
});
