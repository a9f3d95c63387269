/** Which services a host asks: all of a small fleet, and of a large one a share that grows with it. */
import { meshOf } from '../../src/model/mesh';
import { serviceEntriesOf } from '../../src/plan/service-entries';
import { inventoryOf, lockOf, net, serviceNamed } from '../model/fleet';

function asked(size: number) {
  const names = Array.from({ length: size }, (_, index) => `h${String(index).padStart(3, '0')}`);
  const inventory = inventoryOf(names, {
    services: [serviceNamed('exporter', { hosts: names })],
    network: { interface: 'wg0', subnets: [net('10.50.0.0/16')], mtu: 1420, quarantineDays: 30 },
  });
  const mesh = meshOf(inventory, lockOf(inventory, { withoutKey: names }));
  return inventory.hosts.map((host) => serviceEntriesOf(host, inventory, mesh));
}

test('in a small fleet every host asks every other', () => {
  for (const { entries, unasked } of asked(17)) {
    expect(entries).toHaveLength(16);
    expect(unasked).toBe(0);
  }
});

test('in a large one each is asked by as many others, and the rest is counted', () => {
  const all = asked(40);
  const times = new Map<string, number>();
  for (const { entries, unasked } of all) {
    expect([entries.length, unasked]).toEqual([16, 23]);
    for (const { host } of entries) times.set(host, (times.get(host) ?? 0) + 1);
  }
  expect([...times.values()]).toEqual(Array.from({ length: 40 }, () => 16));
});
