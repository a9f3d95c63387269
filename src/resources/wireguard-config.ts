/** What is wanted of a WireGuard interface, and the wg-quick(8) configuration that says so. */
import { ownKeyMark } from '../facts/wireguard-file';
import { single } from '../model/address';
import { knownAfterApply } from '../model/change';
import type { Node, Peer } from '../model/mesh-node';

/** What is wanted; every value comes from the inventory and the lock. */
export interface WireguardArgs {
  readonly name: string;
  readonly config_file: string;
  readonly key_file: string;
  readonly unit: string;
  /** `ADDRESS/PREFIX`, one a subnet. */
  readonly addresses: readonly string[];
  /** Subnets that are reached over it. */
  readonly routes: readonly string[];
  readonly listen_port: number;
  /** Bytes. */
  readonly mtu: number;
  readonly peers: readonly Peer[];
}

/** The configuration as it is to be, the private key masked as facts/wireguard-file.ts masks it. */
export function configText(args: WireguardArgs): string {
  return [
    '# Managed by wgpush: the next apply undoes what is edited here.',
    '[Interface]',
    ...args.addresses.map((ip) => `Address = ${ip}`),
    `ListenPort = ${String(args.listen_port)}`,
    `MTU = ${String(args.mtu)}`,
    `PrivateKey = ${ownKeyMark}`,
    ...args.peers.flatMap(peerSection),
    '',
  ].join('\n');
}

/**
 * The configuration of a peer that wgpush does not manage, without its private key, which only its
 * owner has. @param mtu of the network, in bytes.
 */
export function externalConfigText(node: Node, mtu: number): string {
  return [
    `# ${node.name}, as wgpush exported it. The private key is to be put in by whoever has it: the`,
    `# one of the public key ${node.publicKey ?? knownAfterApply}`,
    '[Interface]',
    '# PrivateKey =',
    // Each alone: what is routed is what the AllowedIPs say.
    ...node.addresses.map((ip) => `Address = ${single(ip)}`),
    ...node.endpoints.slice(0, 1).map(({ port }) => `ListenPort = ${String(port)}`),
    `MTU = ${String(mtu)}`,
    ...node.peers.flatMap(peerSection),
    '',
  ].join('\n');
}

function peerSection(peer: Peer): readonly string[] {
  return [
    '',
    `[Peer] # ${peer.host}`,
    `PublicKey = ${peer.publicKey ?? knownAfterApply}`,
    `AllowedIPs = ${peer.allowedIps.join(', ')}`,
    ...(peer.endpoint === undefined ? [] : [`Endpoint = ${peer.endpoint}`]),
    ...(peer.persistentKeepalive === undefined
      ? []
      : [`PersistentKeepalive = ${String(peer.persistentKeepalive)}`]),
  ];
}

/** The endpoint of each peer in a configuration, by public key. */
export function endpointsIn(config: string): ReadonlyMap<string, string> {
  const sections = config.split(/^\[Peer\].*$/m).slice(1);
  return new Map(
    sections.flatMap((section): [string, string][] => {
      const [, key] = /^PublicKey = (\S+)$/m.exec(section) ?? [];
      const [, endpoint] = /^Endpoint = (\S+)$/m.exec(section) ?? [];
      return key === undefined || endpoint === undefined ? [] : [[key, endpoint]];
    }),
  );
}
