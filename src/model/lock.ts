/**
 * The lock: who each host is in the WireGuard network, for ever (INV-2).
 *
 * Addresses are allocated once and never move; a retired host keeps its address, so that nothing
 * else is taken for it. Peers are compiled from the whole lock, whatever part of the fleet a run
 * touches; that is why `--limit` or a host that is down never costs anybody a peer.
 */
import { type Address, addressAt, contains, hostOffsets, type Subnet } from './address';
import type { Inventory } from './inventory';
import type { PublicKey } from './key';

export interface Identity {
  /** One in each subnet of the network, in their order. */
  readonly addresses: readonly Address[];
  /** Undefined until the host has made its key. */
  readonly publicKey: PublicKey | undefined;
}

export interface Retired extends Identity {
  /** The day it left the inventory, `YYYY-MM-DD`. */
  readonly since: string;
}

export interface Lock {
  readonly hosts: ReadonlyMap<string, Identity>;
  readonly retired: ReadonlyMap<string, Retired>;
}

export const emptyLock: Lock = { hosts: new Map(), retired: new Map() };

/** A subnet without a free address for a host. */
export interface Exhausted {
  readonly host: string;
  readonly subnet: Subnet;
}

/**
 * The lock as this inventory wants it: every host has an address in every subnet, hosts that left
 * are retired. What is locked stays, unless an address was chosen by hand; the rest gets the lowest
 * free address, host by host in the order of their names.
 */
export function allocate(
  inventory: Inventory,
  lock: Lock,
  today: string,
): { readonly lock: Lock; readonly exhausted: readonly Exhausted[] } {
  const retired = retire(inventory, lock, today);
  const known = new Map<string, Identity>([...lock.retired, ...lock.hosts]);
  const taken = new Set<Address>([
    ...[...retired.values()].flatMap((identity) => identity.addresses),
    ...inventory.hosts.flatMap((host) => host.chosenAddresses),
    ...inventory.hosts.flatMap((host) => known.get(host.name)?.addresses ?? []),
  ]);
  const exhausted: Exhausted[] = [];
  const hosts = new Map<string, Identity>();
  const nextOffset = new Map<Subnet, bigint>();

  const lowestFree = (subnet: Subnet): Address | undefined => {
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

  for (const host of inventory.hosts) {
    const before = known.get(host.name);
    const wanted = [...host.chosenAddresses, ...(before?.addresses ?? [])];
    const addresses = inventory.network.subnets.flatMap((subnet) => {
      const found = wanted.find((ip) => contains(subnet, ip)) ?? lowestFree(subnet);
      if (found === undefined) exhausted.push({ host: host.name, subnet });
      return found ?? [];
    });
    hosts.set(host.name, { addresses, publicKey: before?.publicKey });
  }
  return { lock: { hosts, retired }, exhausted };
}

/** The lock with a public key that a host has answered for the first time. */
export function withKeys(lock: Lock, keys: ReadonlyMap<string, PublicKey>): Lock {
  const hosts = [...lock.hosts].map(([name, identity]): [string, Identity] => [
    name,
    { ...identity, publicKey: identity.publicKey ?? keys.get(name) },
  ]);
  return { ...lock, hosts: new Map(hosts) };
}

function retire(inventory: Inventory, lock: Lock, today: string): ReadonlyMap<string, Retired> {
  const present = new Set(inventory.hosts.map((host) => host.name));
  const leaving = [...lock.hosts].map(([name, identity]): [string, Retired] => [
    name,
    { ...identity, since: today },
  ]);
  return new Map([...lock.retired, ...leaving].filter(([name]) => !present.has(name)));
}
