/** Hosts that nobody can send to first, and who relays between two of them. */
import { meshOf } from '../../src/model/mesh';
import type { Topology } from '../../src/model/topology';
import { hostNamed, inventoryOf, lockOf, net, peerLines } from './fleet';

const behindNat = { endpoints: [], persistentKeepalive: 25 };
const v4only = { ...inventoryOf([]).network, subnets: [net('10.50.0.0/24')] };

describe('behind NAT', () => {
  test('a host has no endpoint at its peers, and sends them keepalives', () => {
    const inventory = inventoryOf(['a', hostNamed('b', behindNat)], { network: v4only });
    expect(peerLines('a', inventory)).toEqual(['b <- 10.50.0.2/32']);
    expect(peerLines('b', inventory)).toEqual(['a 203.0.113.7:51820 25 <- 10.50.0.1/32']);
  });

  test('two such hosts reach each other through a hub, the same from both sides', () => {
    const fleet = [hostNamed('a', behindNat), hostNamed('b', behindNat), 'hub'];
    const inventory = inventoryOf(fleet, {
      network: v4only,
      topology: { kind: 'full-mesh', hubs: ['hub'] },
    });
    const mesh = meshOf(inventory, lockOf(inventory));
    expect(peerLines('a', inventory)).toEqual([
      'hub 203.0.113.7:51820 25 <- 10.50.0.3/32 10.50.0.2/32',
    ]);
    expect(peerLines('b', inventory)).toEqual([
      'hub 203.0.113.7:51820 25 <- 10.50.0.3/32 10.50.0.1/32',
    ]);
    expect(peerLines('hub', inventory)).toEqual(['a <- 10.50.0.1/32', 'b <- 10.50.0.2/32']);
    expect(mesh.get('hub')?.forwards).toBe(true);
  });

  test('of two hubs only the one that relays forwards, and so does nobody else', () => {
    const fleet = [hostNamed('a', behindNat), hostNamed('b', behindNat), 'c', 'hub-1', 'hub-2'];
    const inventory = inventoryOf(fleet, {
      topology: { kind: 'full-mesh', hubs: ['hub-1', 'hub-2'] },
    });
    const mesh = meshOf(inventory, lockOf(inventory));
    const forwarding = [...mesh.values()].filter(({ forwards }) => forwards);
    expect(forwarding.map(({ name }) => name)).toEqual([expect.stringMatching(/^hub-[12]$/)]);
  });

  test('the relay of a pair does not depend on which of them is named first', () => {
    const pairs = Array.from({ length: 20 }, (_, index) => [`n-${index}`, `m-${index}`] as const);
    const hosts = [...pairs.flat().map((name) => hostNamed(name, behindNat)), 'hub-1', 'hub-2'];
    const relays = (turned: boolean) => {
      const links = pairs.map(([one, other]) =>
        turned ? { one: [other], other: [one] } : { one: [one], other: [other] },
      );
      const topology: Topology = { kind: 'links', hubs: ['hub-1', 'hub-2'], links };
      const inventory = inventoryOf(hosts, { topology });
      const mesh = meshOf(inventory, lockOf(inventory));
      return pairs.map(([one]) => mesh.get(one)?.peers.map(({ host }) => host));
    };
    expect(relays(true)).toEqual(relays(false));
    expect(new Set(relays(false).flat()).size).toBe(2);
  });

  test('a pair that is linked twice is relayed once', () => {
    const fleet = [hostNamed('a', behindNat), hostNamed('b', behindNat), 'hub'];
    const links = [
      { one: ['a'], other: ['b'] },
      { one: ['b'], other: ['a'] },
    ];
    const inventory = inventoryOf(fleet, {
      network: v4only,
      topology: { kind: 'links', hubs: ['hub'], links },
    });
    expect(peerLines('a', inventory)).toEqual([
      'hub 203.0.113.7:51820 25 <- 10.50.0.3/32 10.50.0.2/32',
    ]);
  });

  test('a hub that relays for nobody does not forward', () => {
    const inventory = inventoryOf(['a', hostNamed('b', behindNat), 'hub'], {
      topology: { kind: 'full-mesh', hubs: ['hub'] },
    });
    expect(meshOf(inventory, lockOf(inventory)).get('hub')?.forwards).toBe(false);
  });
});
