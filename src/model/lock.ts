/**
 * The lock: who each host is in the WireGuard network, for ever (INV-2).
 *
 * Addresses are allocated once and never move. A host that left keeps its identity as a tombstone:
 * nothing else is taken for it, and if it returns it is who it was. Peers are compiled from the whole
 * lock, whatever part of the fleet a run touches; that is why `--limit` or a host that is down never
 * costs anybody a peer.
 */
import type { Address } from './address';
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

/** The lock with a public key that a host has answered for the first time. */
export function withKeys(lock: Lock, keys: ReadonlyMap<string, PublicKey>): Lock {
  const hosts = [...lock.hosts].map(([name, identity]): [string, Identity] => [
    name,
    { ...identity, publicKey: identity.publicKey ?? keys.get(name) },
  ]);
  return { ...lock, hosts: new Map(hosts) };
}
