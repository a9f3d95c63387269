/**
 * The mesh: who peers with whom. A pure function of the whole inventory and the lock; which hosts a
 * run touches, or reaches, has no part in it.
 */
import { single, withPort } from './address';
import type { Inventory } from './inventory';
import type { PublicKey } from './key';
import type { Lock } from './lock';

/** A peer as one host sees it. */
export interface Peer {
  readonly host: string;
  /** Undefined until that host has made its key. */
  readonly publicKey: PublicKey | undefined;
  /** Subnets in canonical text; of any two peers of a host they never overlap. */
  readonly allowedIps: readonly string[];
  /** `ADDRESS:PORT`. */
  readonly endpoint: string;
  /** Seconds; undefined: none. */
  readonly persistentKeepalive: number | undefined;
}

/** The peers of a host in a full mesh, in the order of their names. */
export function peersOf(name: string, inventory: Inventory, lock: Lock): readonly Peer[] {
  const own = inventory.hosts.find((host) => host.name === name);
  return inventory.hosts
    .filter((host) => host.name !== name)
    .map((host) => {
      const identity = lock.hosts.get(host.name);
      return {
        host: host.name,
        publicKey: identity?.publicKey,
        allowedIps: (identity?.addresses ?? []).map(single),
        endpoint: withPort(host.endpoint.host, host.endpoint.port),
        persistentKeepalive: own?.persistentKeepalive,
      };
    });
}
