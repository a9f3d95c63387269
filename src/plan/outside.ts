/** Where the hosts are outside WireGuard, as far as the inventory says: by address, not by name. */
import { address, contains } from '../model/address';
import type { Inventory } from '../model/inventory';
import type { HostOutside } from '../resources/transport-check';

export function hostsOutside(inventory: Inventory): readonly HostOutside[] {
  const known = made.get(inventory) ?? newHostsOutside(inventory);
  made.set(inventory, known);
  return known;
}

/** Every host asks for it. */
const made = new WeakMap<Inventory, readonly HostOutside[]>();

function newHostsOutside({ hosts, network }: Inventory): readonly HostOutside[] {
  return hosts.map(({ name, login, endpoints }) => {
    const named = [login.host, ...endpoints.map(({ host }) => host)];
    const found = named.flatMap((text) => address(text) ?? []);
    const isInside = (ip: (typeof found)[number]) =>
      network.subnets.some((subnet) => contains(subnet, ip));
    return { host: name, addresses: [...new Set(found)].filter((ip) => !isInside(ip)) };
  });
}
