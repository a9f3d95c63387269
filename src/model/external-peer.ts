/** A peer that wgpush does not manage: a laptop, an appliance. It is never logged in to. */
import { type Address, single, type Subnet } from './address';
import type { Endpoint } from './host';
import type { PublicKey } from './key';

export interface ExternalPeer {
  readonly name: string;
  /** Who answers for it; undefined where nobody is named. */
  readonly owner: string | undefined;
  readonly publicKey: PublicKey;
  /** Its own WireGuard addresses, inside the network's subnets; at least one. */
  readonly addresses: readonly Address[];
  /** What is reached behind it, outside the network's subnets. */
  readonly networks: readonly Subnet[];
  /** Undefined: it is behind NAT, or moves. */
  readonly endpoint: Endpoint | undefined;
  /** Seconds between its own keepalives; undefined: none. */
  readonly persistentKeepalive: number | undefined;
  /** Its home in a hub-and-spoke network, where it is chosen by hand. */
  readonly hub: string | undefined;
}

/** All that it may send from: subnets in canonical text. */
export function sourcesOf({ addresses, networks }: ExternalPeer): readonly string[] {
  return [...addresses.map(single), ...networks.map(({ text }) => text)];
}
