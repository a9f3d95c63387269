/** A node of the mesh, a host or an external peer, and how others see it. */
import { type Address, address, type Family, familyOf, withPort } from './address';
import type { Endpoint } from './host';
import type { PublicKey } from './key';

export interface Node extends Member {
  /** Sorted by name. */
  readonly peers: readonly Peer[];
  /** What is reached over the interface: the network's subnets, then networks behind others. */
  readonly routes: readonly string[];
  /** Does it pass on what others send each other? */
  readonly forwards: boolean;
  /** Who it may talk to, through a hub or without; `all` is everybody else. */
  readonly reach: 'all' | ReadonlySet<string>;
}

/** A host or an external peer, before it is known who it peers with. */
export interface Member {
  readonly name: string;
  /** Does wgpush log in to it? An external peer is the affair of somebody else. */
  readonly isManaged: boolean;
  /** Undefined until the host has made its key. */
  readonly publicKey: PublicKey | undefined;
  /** Its own WireGuard addresses. */
  readonly addresses: readonly Address[];
  /** What is reached behind it, in canonical text. */
  readonly networks: readonly string[];
  /** All that it may send from: its addresses, each alone, and the networks behind it. */
  readonly sources: readonly string[];
  /** Where it can be sent to, one a family; none: it is behind NAT. */
  readonly endpoints: readonly Endpoint[];
  /** Seconds between its keepalives towards its peers; undefined: none. */
  readonly persistentKeepalive: number | undefined;
  /** Its home hub, where it is chosen by hand. */
  readonly hub: string | undefined;
}

/** A peer as one node sees it. */
export interface Peer {
  readonly host: string;
  /** Undefined until that host has made its key. */
  readonly publicKey: PublicKey | undefined;
  /** Subnets in canonical text; of any two peers of a node they never overlap. */
  readonly allowedIps: readonly string[];
  /** `ADDRESS:PORT`; undefined: the peer is behind NAT, and is sent to where it was heard from. */
  readonly endpoint: string | undefined;
  /** Seconds; undefined: none. */
  readonly persistentKeepalive: number | undefined;
}

/**
 * The peer as the node sees it, with these AllowedIPs. Of several endpoints it takes the first of a
 * family that it has itself.
 */
export function peerOf(node: Member, peer: Member, allowedIps: readonly string[]): Peer {
  const endpoint = endpointFor(node, peer);
  return {
    host: peer.name,
    publicKey: peer.publicKey,
    allowedIps,
    endpoint: endpoint === undefined ? undefined : withPort(endpoint.host, endpoint.port),
    persistentKeepalive: node.persistentKeepalive,
  };
}

function endpointFor(node: Member, { endpoints }: Member): Endpoint | undefined {
  if (endpoints.length < 2) return endpoints[0];
  const own = node.endpoints.map(endpointFamily);
  return endpoints.find((each) => own.includes(endpointFamily(each))) ?? endpoints[0];
}

/** Undefined for a name. */
function endpointFamily({ host }: Endpoint): Family | undefined {
  const ip = address(host);
  return ip === undefined ? undefined : familyOf(ip);
}

/** What of a node counts for how it sees others: two of one view see a peer alike. */
export function viewOf({ endpoints, persistentKeepalive }: Member): string {
  return [persistentKeepalive, ...endpoints.map(endpointFamily)].map(String).join(' ');
}
