/** Addresses that never move: properties over any history of an inventory. */
import fc from 'fast-check';
import { contains, isReserved, overlap, single } from '../../src/model/address';
import { allocate } from '../../src/model/allocation';
import { emptyLock, type Lock, withKeys } from '../../src/model/lock';
import { occupancyOf } from '../../src/model/occupancy';
import { externalNamed, hostNamed, inventoryOf, ip, keyOf, net, peersOf, today } from './fleet';

const name = fc.constantFrom(...Array.from({ length: 12 }, (_, index) => `host-${index + 1}`));
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 12 });
/** The inventories of a team over time. */
const history = fc.array(names, { minLength: 1, maxLength: 6 });

/** The locks that a history leads to, one an inventory. */
function locksOf(inventories: readonly (readonly string[])[]): readonly Lock[] {
  let lock = emptyLock;
  return inventories.map((hosts) => (lock = allocate(inventoryOf(hosts), lock, today).lock));
}

function addressesOf(lock: Lock | undefined, host: string): readonly string[] | undefined {
  return lock?.hosts.get(host)?.addresses;
}

test('adding or removing a host moves no address of another, and a host that returns has its own', () => {
  const property = fc.property(history, (inventories) => {
    const first = new Map<string, readonly string[]>();
    locksOf(inventories).forEach((lock, index) => {
      for (const host of inventories[index] ?? []) {
        const addresses = addressesOf(lock, host) ?? [];
        expect(addresses).toEqual(first.get(host) ?? addresses);
        first.set(host, addresses);
      }
    });
  });
  fc.assert(property, { numRuns: 50 });
});

test('no two hosts, present or retired, ever have an address in common', () => {
  const property = fc.property(history, (inventories) => {
    for (const { hosts, retired } of locksOf(inventories)) {
      const all = [...hosts.values(), ...retired.values()].flatMap(({ addresses }) => addresses);
      expect(new Set(all).size).toBe(all.length);
      expect([...hosts.keys()].filter((host) => retired.has(host))).toEqual([]);
    }
  });
  fc.assert(property, { numRuns: 50 });
});

test('every host has one address in every subnet, in their order, and none that is reserved', () => {
  const property = fc.property(history, (inventories) => {
    const { subnets } = inventoryOf([]).network;
    const identities = locksOf(inventories).flatMap(({ hosts }) => [...hosts.values()]);
    const wrong = identities.filter(
      ({ addresses }) =>
        addresses.length !== subnets.length ||
        !subnets.every((subnet, index) => {
          const address = addresses[index];
          return address !== undefined && contains(subnet, address) && !isReserved(subnet, address);
        }),
    );
    expect(wrong).toEqual([]);
  });
  fc.assert(property, { numRuns: 50 });
});

test('the order in which hosts are written changes nothing', () => {
  const shuffled = names.chain((hosts) =>
    fc.tuple(fc.constant(hosts), fc.shuffledSubarray(hosts, { minLength: hosts.length })),
  );
  const property = fc.property(shuffled, ([hosts, others]) => {
    expect(allocate(inventoryOf(others), emptyLock, today)).toEqual(
      allocate(inventoryOf(hosts), emptyLock, today),
    );
  });
  fc.assert(property, { numRuns: 50 });
});

test('the allowed IPs of any two peers of a host never overlap, and are never its own', () => {
  const property = fc.property(history, (inventories) => {
    const hosts = inventories.at(-1) ?? [];
    const lock = locksOf(inventories).at(-1) ?? emptyLock;
    for (const host of hosts) {
      const peers = peersOf(host, inventoryOf(hosts), lock);
      expect(new Set(peers.map((peer) => peer.host)).size).toBe(hosts.length - 1);
      const own = lock.hosts.get(host)?.addresses.map(single) ?? [];
      const all = [...own, ...peers.flatMap((peer) => peer.allowedIps)].map(net);
      const clashes = all.filter((one, at) =>
        all.slice(at + 1).some((other) => overlap(one, other)),
      );
      expect(clashes).toEqual([]);
    }
  });
  fc.assert(property, { numRuns: 15 });
});

test('an allocation that is repeated changes nothing', () => {
  const property = fc.property(history, names, (inventories, hosts) => {
    const lock = locksOf(inventories).at(-1) ?? emptyLock;
    const once = allocate(inventoryOf(hosts), lock, today).lock;
    expect(allocate(inventoryOf(hosts), once, '2027-01-01').lock).toEqual(once);
  });
  fc.assert(property, { numRuns: 50 });
});

test('the first hosts get the first addresses, in the order of their names', () => {
  const { lock } = allocate(inventoryOf(['b', 'a', 'c']), emptyLock, today);
  expect([...lock.hosts].map(([host, { addresses }]) => [host, ...addresses])).toEqual([
    ['a', '10.50.0.1', 'fd50::1'],
    ['b', '10.50.0.2', 'fd50::2'],
    ['c', '10.50.0.3', 'fd50::3'],
  ]);
});

test('a retired host keeps its addresses and its key, and since when', () => {
  const locks = locksOf([['a', 'b']]);
  const before = withKeys(locks[0] ?? emptyLock, new Map([['a', keyOf('a')]]));
  const { lock } = allocate(inventoryOf(['b', 'c']), before, '2026-07-01');
  expect(lock.retired).toEqual(
    new Map([
      ['a', { addresses: ['10.50.0.1', 'fd50::1'], publicKey: keyOf('a'), since: '2026-07-01' }],
    ]),
  );
  expect(addressesOf(lock, 'c')).toEqual(['10.50.0.3', 'fd50::3']);
  const later = allocate(inventoryOf(['b']), lock, '2026-08-01').lock;
  expect(later.retired.get('a')?.since).toBe('2026-07-01');
  const back = allocate(inventoryOf(['a', 'b']), later, '2026-09-01').lock;
  expect(back.hosts.get('a')).toEqual({
    addresses: ['10.50.0.1', 'fd50::1'],
    publicKey: keyOf('a'),
  });
  expect(back.retired.has('a')).toBe(false);
});

describe('when a subnet has no address left that nobody has had', () => {
  const network = {
    interface: 'wg0',
    subnets: [net('10.50.0.0/30')],
    mtu: 1420,
    quarantineDays: 30,
  };
  const of = (...hosts: readonly string[]) => inventoryOf(hosts, { network });
  const full = allocate(of('a', 'b'), emptyLock, '2026-06-01').lock;
  const withoutA = allocate(of('b'), full, '2026-06-02').lock;
  const without = allocate(of('c'), withoutA, '2026-06-03').lock;

  test.each([
    ['2026-06-02', undefined],
    ['2026-07-01', undefined],
    ['2026-07-02', '10.50.0.1'],
    ['2027-01-01', '10.50.0.1'],
  ])('on %s a new host gets %s, which was given up on 2026-06-02', (day, address) => {
    const { lock, exhausted } = allocate(of('b', 'c'), withoutA, day);
    expect(addressesOf(lock, 'c')).toEqual(address === undefined ? [] : [address]);
    expect(exhausted).toHaveLength(address === undefined ? 1 : 0);
    expect(lock.retired.has('a')).toBe(address === undefined);
  });

  test('the host that left first gives its address up first', () => {
    const { lock } = allocate(of('c', 'd', 'e'), without, '2026-08-01');
    expect([...lock.hosts].map(([name, { addresses }]) => [name, ...addresses])).toEqual([
      ['c', '10.50.0.1'],
      ['d', '10.50.0.2'],
      ['e'],
    ]);
    expect(lock.retired.size).toBe(0);
  });

  test('a host that returns has its address still, as long as nobody has taken it', () => {
    expect(addressesOf(allocate(of('a', 'b'), withoutA, '2027-01-01').lock, 'a')).toEqual([
      '10.50.0.1',
    ]);
    const { lock } = allocate(of('b', 'c'), withoutA, '2027-01-01');
    const back = allocate(of('a', 'b', 'c'), lock, '2027-01-01');
    expect(back.exhausted).toEqual([{ host: 'a', subnet: net('10.50.0.0/30') }]);
    expect(addressesOf(back.lock, 'c')).toEqual(['10.50.0.1']);
  });

  test('the numbers are told, and when the next address is free', () => {
    expect(occupancyOf(net('10.50.0.0/30'), network, withoutA)).toEqual({
      size: 2n,
      used: 1,
      retired: 1,
      nextFree: '2026-07-02',
    });
  });
});

test('an address that nobody has had is taken before one whose quarantine is over', () => {
  const before = allocate(inventoryOf(['a', 'b']), emptyLock, '2026-06-01').lock;
  const left = allocate(inventoryOf(['b']), before, '2026-06-01').lock;
  const { lock } = allocate(inventoryOf(['b', 'c']), left, '2030-01-01');
  expect(addressesOf(lock, 'c')).toEqual(['10.50.0.3', 'fd50::3']);
  expect(lock.retired.has('a')).toBe(true);
});

test('an address chosen by hand may be had of a host whose quarantine is over; its tombstone goes', () => {
  const before = allocate(inventoryOf(['a', 'b']), emptyLock, '2026-06-01').lock;
  const left = allocate(inventoryOf(['b']), before, '2026-06-01').lock;
  const inventory = inventoryOf(['b', hostNamed('c', { chosenAddresses: [ip('10.50.0.1')] })]);
  const { lock } = allocate(inventory, left, '2026-07-01');
  expect(addressesOf(lock, 'c')).toEqual(['10.50.0.1', 'fd50::3']);
  expect(lock.retired.size).toBe(0);
});

describe('a host with another name', () => {
  const before = withKeys(
    allocate(inventoryOf(['a', 'b']), emptyLock, today).lock,
    new Map([
      ['a', keyOf('a')],
      ['b', keyOf('b')],
    ]),
  );
  const renamed = inventoryOf(['a', hostNamed('z', { formerly: 'b' })]);

  test('has the identity that it had before, and nobody is retired', () => {
    const { lock } = allocate(renamed, before, today);
    expect(lock.hosts.get('z')).toEqual(before.hosts.get('b'));
    expect(lock.hosts.get('a')).toEqual(before.hosts.get('a'));
    expect([...lock.hosts.keys()]).toEqual(['a', 'z']);
    expect(lock.retired.size).toBe(0);
  });

  test('keeps it when the former name is left over, or gone', () => {
    const { lock } = allocate(renamed, before, today);
    expect(allocate(renamed, lock, today).lock).toEqual(lock);
    expect(allocate(inventoryOf(['a', 'z']), lock, today).lock).toEqual(lock);
  });

  test('may have left under the former name', () => {
    const left = allocate(inventoryOf(['a']), before, today).lock;
    const { lock } = allocate(renamed, left, '2026-07-01');
    expect(lock.hosts.get('z')).toEqual(before.hosts.get('b'));
    expect(lock.retired.size).toBe(0);
  });

  test('is the same peer to the others: only its name differs', () => {
    const { lock } = allocate(renamed, before, today);
    const [was] = peersOf('a', inventoryOf(['a', 'b']), before);
    expect(peersOf('a', renamed, lock)).toEqual([{ ...was, host: 'z' }]);
  });
});

test('an address that was chosen by hand is had, and is given to nobody else', () => {
  const hosts = [
    'a',
    hostNamed('b', { chosenAddresses: [ip('10.50.0.1')] }),
    hostNamed('c', { chosenAddresses: [ip('fd50::2'), ip('10.50.0.77')] }),
  ];
  const { lock } = allocate(inventoryOf(hosts), emptyLock, today);
  expect(addressesOf(lock, 'a')).toEqual(['10.50.0.2', 'fd50::1']);
  expect(addressesOf(lock, 'b')).toEqual(['10.50.0.1', 'fd50::3']);
  expect(addressesOf(lock, 'c')).toEqual(['10.50.0.77', 'fd50::2']);
});

test('an address of an external peer is given to no host', () => {
  const externals = [externalNamed('laptop', { addresses: [ip('10.50.0.1'), ip('fd50::1')] })];
  const { lock } = allocate(inventoryOf(['a'], { externals }), emptyLock, today);
  expect(addressesOf(lock, 'a')).toEqual(['10.50.0.2', 'fd50::2']);
});

test('an address chosen by hand is had in place of the one that was locked', () => {
  const before = locksOf([['a', 'b']])[0] ?? emptyLock;
  const moved = inventoryOf([hostNamed('a', { chosenAddresses: [ip('10.50.0.9')] }), 'b']);
  const { lock } = allocate(moved, before, today);
  expect(addressesOf(lock, 'a')).toEqual(['10.50.0.9', 'fd50::1']);
  expect(addressesOf(lock, 'b')).toEqual(['10.50.0.2', 'fd50::2']);
});

test('what a host that left gives up is given to one host only', () => {
  const network = { ...inventoryOf([]).network, subnets: [net('10.50.0.0/30')] };
  const small = (...hosts: readonly string[]) => inventoryOf(hosts, { network });
  const full = allocate(small('a', 'b'), emptyLock, '2026-06-01').lock;
  const left = allocate(small('b'), full, '2026-06-01').lock;
  const { lock, exhausted } = allocate(small('b', 'c', 'd'), left, '2026-08-01');
  expect(addressesOf(lock, 'c')).toEqual(['10.50.0.1']);
  expect(addressesOf(lock, 'd')).toEqual([]);
  expect(exhausted.map(({ host }) => host)).toEqual(['d']);
});

test('a subnet that is added gives every host an address more, and moves none', () => {
  const before = locksOf([['a', 'b']])[0] ?? emptyLock;
  const network = {
    interface: 'wg0',
    subnets: [net('10.51.0.0/24'), net('10.50.0.0/24')],
    mtu: 1420,
    quarantineDays: 30,
  };
  const { lock } = allocate(inventoryOf(['a', 'b'], { network }), before, today);
  expect(addressesOf(lock, 'b')).toEqual(['10.51.0.2', '10.50.0.2']);
});

test.each([
  ['10.50.0.0/29', 6],
  ['10.50.0.0/30', 2],
  ['10.50.0.0/31', 2],
  ['10.50.0.0/32', 1],
  ['fd50::/126', 3],
])('%s has room for %i hosts, and the next one is named', (text, room) => {
  const hosts = Array.from({ length: room + 2 }, (_, index) => `host-${index + 1}`);
  const network = { interface: 'wg0', subnets: [net(text)], mtu: 1420, quarantineDays: 30 };
  const { exhausted, lock } = allocate(inventoryOf(hosts, { network }), emptyLock, today);
  expect(exhausted).toEqual(
    [room + 1, room + 2].map((number) => ({ host: `host-${number}`, subnet: net(text) })),
  );
  expect([...lock.hosts.values()].flatMap(({ addresses }) => addresses)).toHaveLength(room);
});

test('a wide subnet is not searched through', () => {
  const network = {
    interface: 'wg0',
    subnets: [net('10.0.0.0/8'), net('fd50::/16')],
    mtu: 1420,
    quarantineDays: 30,
  };
  const hosts = Array.from(
    { length: 1000 },
    (_, index) => `host-${String(index).padStart(4, '0')}`,
  );
  const { lock } = allocate(inventoryOf(hosts, { network }), emptyLock, today);
  expect(addressesOf(lock, 'host-0999')).toEqual(['10.0.3.232', 'fd50::3e8']);
});

test('a key that is known is never replaced by one that is told', () => {
  const lock = locksOf([['a', 'b']])[0] ?? emptyLock;
  const known = withKeys(lock, new Map([['a', keyOf('a')]]));
  const told = withKeys(
    known,
    new Map([
      ['a', keyOf('x')],
      ['b', keyOf('b')],
    ]),
  );
  expect([...told.hosts.values()].map(({ publicKey }) => publicKey)).toEqual([
    keyOf('a'),
    keyOf('b'),
  ]);
});
