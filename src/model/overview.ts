/** What an inventory declares, in numbers and names: enough to see whether it is the one meant. */
import { isExpired, type Inventory } from './inventory';
import type { Lock } from './lock';
import { occupancyOf } from './occupancy';

export interface Overview {
  readonly hosts: number;
  /** Sorted by name; without those that are in every inventory, `all` and `ungrouped`. */
  readonly groups: readonly { readonly name: string; readonly hosts: number }[];
  readonly subnets: readonly SubnetUse[];
  /** Names, sorted. */
  readonly services: readonly string[];
  /** Sorted by id. */
  readonly exceptions: readonly { readonly id: string; readonly expires: string }[];
  /** Ignore rules, sorted by id. */
  readonly ignores: readonly { readonly id: string; readonly expires: string }[];
}

export interface SubnetUse {
  readonly subnet: string;
  /** Addresses that hosts can have; decimal text, because IPv6 has more than a number holds. */
  readonly size: string;
  readonly used: number;
  /** Kept for hosts that left. */
  readonly retired: number;
}

/** @param lock as `allocate` wants it, so that it has an address for everybody. */
export function overviewOf(inventory: Inventory, lock: Lock): Overview {
  const sizes = new Map<string, number>();
  for (const group of inventory.hosts.flatMap((host) => host.groups)) {
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  const own = [...sizes].filter(([name]) => name !== 'all' && name !== 'ungrouped');
  return {
    hosts: inventory.hosts.length,
    groups: own
      .map(([name, hosts]) => ({ name, hosts }))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
    subnets: inventory.network.subnets.map((subnet) => {
      const { size, used, retired } = occupancyOf(subnet, inventory.network, lock);
      return { subnet: subnet.text, size: String(size), used, retired };
    }),
    services: inventory.services.map(({ name }) => name),
    exceptions: inventory.exceptions.map(({ id, expires }) => ({ id, expires })),
    ignores: inventory.ignores.map(({ id, expires }) => ({ id, expires })),
  };
}

/**
 * What is no mistake and yet may not be meant, a sentence each: what is declared for nobody, and
 * what is public by an exception though it is an internal service.
 */
export function adviceOn(
  { services, exceptions, ignores }: Inventory,
  today: string,
): readonly string[] {
  const advice: string[] = [];
  for (const { name, hosts, from } of services) {
    if (hosts.length === 0) advice.push(`service ${name} runs on no host: its groups are empty`);
    if (from.length === 0) advice.push(`service ${name} may be reached by nobody`);
  }
  for (const exception of exceptions.filter((one) => !isExpired(one, today))) {
    const { id, hosts, ports, protocol } = exception;
    if (hosts.length === 0) advice.push(`exception ${id} holds for no host: its groups are empty`);
    const opened = services.filter(
      (service) =>
        service.protocol === protocol &&
        service.hosts.some((host) => hosts.includes(host)) &&
        service.ports.some((one) =>
          ports.some((other) => one.first <= other.last && other.first <= one.last),
        ),
    );
    for (const { name } of opened) {
      advice.push(`exception ${id} makes the internal service ${name} public (INV-1)`);
    }
  }
  for (const { id } of ignores.filter(({ hosts }) => hosts.length === 0)) {
    advice.push(`ignore rule ${id} holds for no host: its groups are empty`);
  }
  return advice;
}
