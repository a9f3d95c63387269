/** The mesh: examples of each topology, and properties that hold of every one. */
import fc from 'fast-check';
import { contains, overlap, type Subnet } from '../../src/model/address';
import type { ExternalPeer } from '../../src/model/external-peer';
import type { Host } from '../../src/model/host';
import type { Inventory } from '../../src/model/inventory';
import { allocate } from '../../src/model/allocation';
import { emptyLock, type Lock } from '../../src/model/lock';
import { type Mesh, meshOf, reaches } from '../../src/model/mesh';
import type { Topology } from '../../src/model/topology';
import {
  externalNamed,
  hostNamed,
  inventoryOf,
  ip,
  lockOf,
  net,
  peerLines,
  peersOf,
  today,
} from './fleet';

const v4only = networkOf(net('10.50.0.0/24'));

function networkOf(...subnets: readonly Subnet[]): Inventory['network'] {
  return { interface: 'wg0', subnets, mtu: 1420, quarantineDays: 30 };
}

describe('hub and spoke', () => {
  const inventory = inventoryOf(['a', 'b', 'hub-1', 'hub-2', 'z'], {
    network: v4only,
    topology: { kind: 'hub-and-spoke', hubs: ['hub-1', 'hub-2'] },
  });

  test('a spoke has one peer, its home hub, and sends the whole network there', () => {
    for (const spoke of ['a', 'b', 'z']) {
      expect(peerLines(spoke, inventory)).toEqual([
        expect.stringMatching(/^hub-[12] 203.0.113.7:51820 <- 10.50.0.0\/24$/),
      ]);
    }
  });

  test('a hub has its own spokes and the other hubs, with what is behind each', () => {
    const home = inventoryOf(
      ['a', 'b', 'z'].map((name) => hostNamed(name, { hub: name === 'z' ? 'hub-2' : 'hub-1' })),
    );
    const chosen = { ...inventory, hosts: [...home.hosts, ...inventory.hosts.slice(2, 4)] };
    expect(peerLines('hub-1', { ...chosen, hosts: chosen.hosts.toSorted(byName) })).toEqual([
      'a 203.0.113.7:51820 <- 10.50.0.1/32',
      'b 203.0.113.7:51820 <- 10.50.0.2/32',
      'hub-2 203.0.113.7:51820 <- 10.50.0.4/32 10.50.0.5/32',
    ]);
  });

  test('only hubs forward', () => {
    const mesh = meshOf(inventory, lockOf(inventory));
    expect([...mesh.values()].filter(({ forwards }) => forwards).map(({ name }) => name)).toEqual([
      'hub-1',
      'hub-2',
    ]);
  });

  test('another hub takes over some spokes, and moves none between the hubs there were', () => {
    const spokes = Array.from({ length: 60 }, (_, index) => `spoke-${String(index)}`);
    const homes = (hubs: readonly string[]) => {
      const fleet = inventoryOf([...spokes, 'h1', 'h2', 'h3'], {
        topology: { kind: 'hub-and-spoke', hubs },
      });
      return spokes.map((spoke) => peersOf(spoke, fleet, lockOf(fleet))[0]?.host);
    };
    const before = homes(['h1', 'h2']);
    const after = homes(['h1', 'h2', 'h3']);
    const moved = after.filter((home, index) => home !== before[index]);
    expect(new Set(moved)).toEqual(new Set(['h3']));
    expect(moved.length).toBeGreaterThan(5);
    expect(moved.length).toBeLessThan(40);
  });

  test('a network behind an external peer is routed by all but that peer', () => {
    const laptop = externalNamed('office', {
      addresses: [ip('10.50.0.200')],
      networks: [net('192.168.7.0/24')],
    });
    const fleet = inventoryOf(['a', 'hub-1'], {
      network: v4only,
      externals: [laptop],
      topology: { kind: 'hub-and-spoke', hubs: ['hub-1'] },
    });
    const mesh = meshOf(fleet, lockOf(fleet));
    expect(mesh.get('a')?.routes).toEqual(['10.50.0.0/24', '192.168.7.0/24']);
    expect(mesh.get('office')?.routes).toEqual(['10.50.0.0/24']);
    expect(peerLines('hub-1', fleet)).toEqual([
      'a 203.0.113.7:51820 <- 10.50.0.1/32',
      'office <- 10.50.0.200/32 192.168.7.0/24',
    ]);
  });
});

test('links connect only who is linked', () => {
  const inventory = inventoryOf(['cache', 'db-1', 'db-2', 'web'], {
    network: v4only,
    topology: {
      kind: 'links',
      hubs: [],
      links: [
        { one: ['web'], other: ['db-1', 'db-2'] },
        { one: ['web'], other: ['cache', 'web'] },
      ],
    },
  });
  const mesh = meshOf(inventory, lockOf(inventory));
  expect(mesh.get('web')?.peers.map(({ host }) => host)).toEqual(['cache', 'db-1', 'db-2']);
  expect(mesh.get('db-1')?.peers.map(({ host }) => host)).toEqual(['web']);
  expect(reaches(mesh, 'db-1', 'db-2')).toBe(false);
  expect(reaches(mesh, 'db-1', 'web')).toBe(true);
});

test('of two endpoints a peer takes the one of a family that it has itself', () => {
  const v4 = { host: '203.0.113.1', port: 1 };
  const v6 = { host: '2001:db8::1', port: 1 };
  const both = hostNamed('both', { endpoints: [v4, v6] });
  const inventory = inventoryOf([
    both,
    hostNamed('four', { endpoints: [v4] }),
    hostNamed('none', { endpoints: [] }),
    hostNamed('six', { endpoints: [v6] }),
  ]);
  const endpointAt = (name: string) =>
    peersOf(name, inventory, lockOf(inventory)).find(({ host }) => host === 'both')?.endpoint;
  expect(['four', 'six', 'none'].map(endpointAt)).toEqual([
    '203.0.113.1:1',
    '[2001:db8::1]:1',
    '203.0.113.1:1',
  ]);
});

// --- properties ------------------------------------------------------------------------------------

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const subnetChoice = fc.constantFrom(
  [net('10.50.0.0/24')],
  [net('fd50::/64')],
  [net('10.50.0.0/24'), net('fd50::/64')],
);
const endpoints = fc.constantFrom(
  [],
  [{ host: '203.0.113.7', port: 1 }],
  [
    { host: '203.0.113.7', port: 1 },
    { host: '2001:db8::7', port: 1 },
  ],
);

/** Any inventory without mistakes: two behind NAT have a hub, and hubs are not behind NAT. */
const fleets = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 8 }),
    endpoints: fc.array(endpoints, { minLength: 8, maxLength: 8 }),
    outside: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
    reachableOutside: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    subnets: subnetChoice,
    kind: fc.constantFrom('full-mesh', 'hub-and-spoke', 'links' as const),
    hubCount: fc.integer({ min: 1, max: 3 }),
    links: fc.array(fc.tuple(fc.nat(10), fc.nat(10)), { maxLength: 12 }),
    home: fc.array(fc.option(fc.nat(2)), { minLength: 8, maxLength: 8 }),
  })
  .map((drawn): Inventory => {
    const hubs = drawn.names.slice(0, drawn.hubCount).sort();
    const hosts = drawn.names.map((name, index): Host => {
      const own = drawn.endpoints[index] ?? [];
      const isHub = hubs.includes(name);
      return hostNamed(name, {
        endpoints: isHub && own.length === 0 ? [{ host: '203.0.113.9', port: 2 }] : own,
        hub: hubs[drawn.home[index] ?? 9],
      });
    });
    const everybody = [...drawn.names, ...drawn.outside];
    const at = (index: number) => everybody.filter((_, each) => each % 11 === index);
    const links = drawn.links.map(([one, other]) => ({ one: at(one), other: at(other) }));
    return inventoryOf(hosts, {
      network: networkOf(...drawn.subnets),
      topology: topologyOf(drawn.kind, hubs, links),
      externals: drawn.outside.toSorted().map((name, index) => outsider(name, index, drawn)),
    });
  });

function outsider(
  name: string,
  index: number,
  drawn: {
    readonly subnets: Inventory['network']['subnets'];
    readonly reachableOutside: boolean[];
  },
): ExternalPeer {
  const last = String(200 + index);
  const addresses = drawn.subnets.map(({ family }) =>
    ip(`${family === 4 ? '10.50.0.' : 'fd50::'}${last}`),
  );
  return externalNamed(name, {
    addresses,
    networks: index === 1 ? [] : [net(`192.168.${last}.0/24`), net(`fd99:${last}::/64`)],
    endpoint:
      drawn.reachableOutside[index] === true ? { host: '198.51.100.1', port: 3 } : undefined,
  });
}

function topologyOf(
  kind: string,
  hubs: readonly string[],
  links: Extract<Topology, { kind: 'links' }>['links'],
): Topology {
  if (kind === 'links') return { kind, hubs, links };
  return { kind: kind === 'full-mesh' ? kind : 'hub-and-spoke', hubs };
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}

test('AllowedIPs of any two peers of a node never overlap', () => {
  fc.assert(
    fc.property(fleets, (inventory) => {
      const overlaps: string[] = [];
      for (const { name, peers } of meshOf(inventory, lockOf(inventory)).values()) {
        const allowed = peers.map(({ allowedIps }) => allowedIps.map(net));
        for (const [index, own] of allowed.entries()) {
          for (const other of allowed.slice(index + 1).flat()) {
            if (own.some((each) => overlap(each, other))) overlaps.push(`${name}: ${other.text}`);
          }
        }
      }
      expect(overlaps).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('a peering is mutual, and one side of it can be sent to', () => {
  fc.assert(
    fc.property(fleets, (inventory) => {
      const mesh = meshOf(inventory, lockOf(inventory));
      const wrong: string[] = [];
      for (const { name, peers } of mesh.values()) {
        for (const { host, endpoint } of peers) {
          const back = mesh.get(host)?.peers.find((peer) => peer.host === name);
          if (back === undefined) wrong.push(`${host} does not know ${name}`);
          else if ((endpoint ?? back.endpoint) === undefined) wrong.push(`${name} - ${host}`);
        }
      }
      expect(wrong).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('who may talk has a way there and the same way back, by every address', () => {
  fc.assert(
    fc.property(fleets, (inventory) => {
      const mesh = meshOf(inventory, lockOf(inventory));
      const wrong: string[] = [];
      for (const from of mesh.values()) {
        for (const to of mesh.values()) {
          if (from === to) continue;
          for (const target of targetsOf(to)) {
            const source = from.addresses.find((own) => own.includes(':') === target.includes(':'));
            if (source === undefined) continue;
            const way = route(mesh, from.name, source, target, to.name);
            const back = route(mesh, to.name, target, source, from.name)?.toReversed();
            const isWanted = reaches(mesh, from.name, to.name);
            const isRight = isWanted ? way !== undefined : way === undefined;
            if (!isRight || String(way) !== String(back)) {
              wrong.push(`${from.name} to ${target}: ${String(way)}, back ${String(back)}`);
            }
          }
        }
      }
      expect(wrong).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('whom a topology connects may talk', () => {
  fc.assert(
    fc.property(fleets, (inventory) => {
      const mesh = meshOf(inventory, lockOf(inventory));
      const { topology } = inventory;
      const isLinked = (one: string, other: string): boolean =>
        topology.kind !== 'links' ||
        topology.links.some((link) => link.one.includes(one) && link.other.includes(other));
      const cut = [...mesh.keys()].flatMap((one) =>
        [...mesh.keys()].filter(
          (other) => one !== other && isLinked(one, other) && !reaches(mesh, one, other),
        ),
      );
      expect(cut).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('a host that comes or goes moves no address of another', () => {
  fc.assert(
    fc.property(fleets, fc.nat(8), (inventory, index) => {
      const { lock } = allocate(inventory, emptyLock, today);
      const left = inventory.hosts.filter((_, each) => each !== index);
      const more = inventoryOf([...left, 'm', 'zz'], { network: inventory.network });
      const { lock: after } = allocate(more, lock, today);
      for (const { name } of left) {
        expect(after.hosts.get(name)?.addresses).toEqual(lock.hosts.get(name)?.addresses);
      }
    }),
  );
});

test('the order of hosts, peers, hubs and links changes nothing', () => {
  fc.assert(
    fc.property(fleets, (inventory) => {
      const lock = lockOf(inventory);
      const turned: Lock = { ...lock, hosts: new Map([...lock.hosts].toReversed()) };
      const { topology } = inventory;
      const hubs = topology.hubs.toReversed();
      const other: Inventory = {
        ...inventory,
        hosts: inventory.hosts.toReversed(),
        externals: inventory.externals.toReversed(),
        topology:
          topology.kind === 'links'
            ? {
                ...topology,
                hubs,
                links: topology.links.map(({ one, other: two }) => ({ one: two, other: one })),
              }
            : { ...topology, hubs },
      };
      expect(plain(meshOf(other, turned))).toEqual(plain(meshOf(inventory, lock)));
    }),
  );
});

/** AllowedIPs are a set. */
function plain(mesh: Mesh): unknown {
  return [...mesh].map(([name, node]) => [
    name,
    node.forwards,
    node.routes.toSorted(),
    node.peers.map((peer) => ({ ...peer, allowedIps: peer.allowedIps.toSorted() })),
  ]);
}

/** An address of the node, and one behind it. */
function targetsOf({
  addresses,
  networks,
}: {
  readonly addresses: readonly string[];
  readonly networks: readonly string[];
}): readonly string[] {
  return [
    ...addresses,
    ...networks.map((network) =>
      network.replace(/(0|::)\/\d+$/, (_, end: string) => (end === '0' ? '9' : '::9')),
    ),
  ];
}

/**
 * Cryptokey routing, hop by hop: a packet leaves to the peer whose AllowedIPs hold its destination
 * most exactly, and is taken there only if the same search for its source finds the peer that it
 * came from. Undefined where it gets lost; else the nodes on its way.
 */
function route(
  mesh: Mesh,
  from: string,
  source: string,
  target: string,
  to: string,
): readonly string[] | undefined {
  const way = [from];
  for (let at = from; at !== to && way.length < 6;) {
    const node = mesh.get(at);
    if (node === undefined || (at !== from && !node.forwards)) return undefined;
    const isRouted = node.routes.some((each) => holds(each, target));
    const next = isRouted ? peerFor(mesh, at, target) : undefined;
    if (next === undefined || peerFor(mesh, next, source) !== at) return undefined;
    way.push(next);
    at = next;
  }
  return way.at(-1) === to ? way : undefined;
}

function peerFor(mesh: Mesh, at: string, address: string): string | undefined {
  const found = (mesh.get(at)?.peers ?? []).flatMap(({ host, allowedIps }) =>
    allowedIps
      .filter((allowed) => holds(allowed, address))
      .map((allowed) => ({ host, prefixLength: net(allowed).prefixLength })),
  );
  return found.sort((one, other) => other.prefixLength - one.prefixLength)[0]?.host;
}

/** The same few pairs are asked for over and over. */
const held = new Map<string, boolean>();

function holds(allowed: string, address: string): boolean {
  const key = `${allowed} ${address}`;
  const found = held.get(key) ?? contains(net(allowed), ip(address));
  held.set(key, found);
  return found;
}
