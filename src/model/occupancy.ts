/** How full a subnet is: the numbers that a person needs when there is no room left. */
import { contains, hostOffsets, type Subnet } from './address';
import type { Network } from './inventory';
import type { Identity, Lock } from './lock';
import { freeFrom } from './quarantine';

export interface Occupancy {
  /** Addresses that hosts can have. */
  readonly size: bigint;
  /** Hosts that have one. */
  readonly used: number;
  /** Hosts that left and have had one. */
  readonly retired: number;
  /** The day on which the first of these gives it up, `YYYY-MM-DD`; undefined where there is none. */
  readonly nextFree: string | undefined;
}

export function occupancyOf(subnet: Subnet, network: Network, lock: Lock): Occupancy {
  const { first, last } = hostOffsets(subnet);
  const isInside = ({ addresses }: Identity) => addresses.some((ip) => contains(subnet, ip));
  const retired = [...lock.retired.values()].filter(isInside);
  const [nextFree] = retired.map((one) => freeFrom(one, network)).sort();
  const used = [...lock.hosts.values()].filter(isInside).length;
  return { size: last - first + 1n, used, retired: retired.length, nextFree };
}
