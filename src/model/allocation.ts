/**
 * Addresses for an inventory: what the lock has stays, the rest is given out.
 *
 * It depends on the inventory, the lock and the day alone, so that two machines without a lock come
 * to the same addresses, and an `apply` to those of the `plan` before it. The day matters only where
 * a subnet has no address left that nobody has ever had.
 */
import { type Address, addressAt, contains, hostOffsets, type Subnet } from './address';
import type { Inventory } from './inventory';
import type { Identity, Lock, Retired } from './lock';
import { isFree } from './quarantine';

export interface Allocation {
  readonly lock: Lock;
  readonly exhausted: readonly Exhausted[];
}

/** A subnet without a free address for a host. */
export interface Exhausted {
  readonly host: string;
  readonly subnet: Subnet;
}

/**
 * The lock as this inventory wants it: every host has an address in every subnet, hosts that left
 * are retired. What is locked stays, unless an address was chosen by hand; the rest gets the lowest
 * free address, host by host in the order of their names. Where there is none, the host that left
 * first gives its own up, once its quarantine is over, and its tombstone goes.
 */
export function allocate(inventory: Inventory, lock: Lock, today: string): Allocation {
  const { hosts, network } = inventory;
  const known = new Map(hosts.map((host) => [host.name, identityOf(host, lock)]));
  const retired = retire(inventory, lock, today);
  const free = [...retired].filter(([, one]) => isFree(one, network, today));
  const given = new Set<Address>([
    ...hosts.flatMap((host) => host.chosenAddresses),
    ...inventory.externals.flatMap((peer) => peer.addresses),
    ...hosts.flatMap((host) => known.get(host.name)?.addresses ?? []),
  ]);
  const taken = new Set([...given, ...[...retired.values()].flatMap(({ addresses }) => addresses)]);
  const lowestFree = freshAddresses(taken);
  const longestFree = releasedAddresses(free, given);

  const exhausted: Exhausted[] = [];
  const allocated = new Map<string, Identity>();
  for (const host of hosts) {
    const before = known.get(host.name);
    const wanted = [...host.chosenAddresses, ...(before?.addresses ?? [])];
    const addresses = network.subnets.flatMap((subnet) => {
      const own = wanted.find((ip) => contains(subnet, ip));
      const found = own ?? lowestFree(subnet) ?? longestFree(subnet);
      if (found === undefined) exhausted.push({ host: host.name, subnet });
      else given.add(found);
      return found ?? [];
    });
    allocated.set(host.name, { addresses, publicKey: before?.publicKey });
  }
  const gone = free.filter(([, { addresses }]) => addresses.some((ip) => given.has(ip)));
  for (const [name] of gone) retired.delete(name);
  return { lock: { hosts: allocated, retired }, exhausted };
}

/** Who a host is: itself, whom it was called before, or itself again after it had left. */
function identityOf(host: Inventory['hosts'][number], lock: Lock): Identity | undefined {
  const { name, formerly } = host;
  const own = lock.hosts.get(name);
  if (own !== undefined || formerly === undefined) return own ?? lock.retired.get(name);
  return lock.hosts.get(formerly) ?? lock.retired.get(formerly) ?? lock.retired.get(name);
}

/** Those who have left, but for the ones who are back, or have another name now. */
function retire({ hosts }: Inventory, lock: Lock, today: string): Map<string, Retired> {
  const renamed = hosts.flatMap(({ name, formerly }) => (lock.hosts.has(name) ? [] : formerly));
  const present = new Set([...hosts.map(({ name }) => name), ...renamed]);
  const leaving = [...lock.hosts].map(([name, identity]): [string, Retired] => [
    name,
    { ...identity, since: today },
  ]);
  return new Map([...lock.retired, ...leaving].filter(([name]) => !present.has(name)));
}

/** Gives out a subnet's addresses from its lowest on; undefined when there are no more. */
function freshAddresses(taken: ReadonlySet<Address>): (subnet: Subnet) => Address | undefined {
  const nextOffset = new Map<Subnet, bigint>();
  return (subnet) => {
    const { first, last } = hostOffsets(subnet);
    for (let offset = nextOffset.get(subnet) ?? first; offset <= last; offset += 1n) {
      const candidate = addressAt(subnet, offset);
      if (taken.has(candidate)) continue;
      nextOffset.set(subnet, offset + 1n);
      return candidate;
    }
    nextOffset.set(subnet, last + 1n);
    return undefined;
  };
}

/** Gives out what hosts that left have had, those who left first to begin with. */
function releasedAddresses(
  free: readonly Named[],
  given: ReadonlySet<Address>,
): (subnet: Subnet) => Address | undefined {
  const addresses = free.toSorted(byAge).flatMap(([, one]) => one.addresses);
  const waiting = new Map<Subnet, Address[]>();
  return (subnet) => {
    const queue = waiting.get(subnet) ?? addresses.filter((ip) => contains(subnet, ip)).reverse();
    waiting.set(subnet, queue);
    let next = queue.pop();
    while (next !== undefined && given.has(next)) next = queue.pop();
    return next;
  };
}

type Named = readonly [string, Retired];

/** Who left first comes first. */
function byAge([name, one]: Named, [otherName, other]: Named): number {
  if (one.since !== other.since) return one.since < other.since ? -1 : 1;
  return name < otherName ? -1 : 1;
}
