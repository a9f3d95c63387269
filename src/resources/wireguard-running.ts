/** The running WireGuard interface against what is wanted: the deltas that lead there. */
import type { RunningPeer, WireguardState } from '../facts/wireguard-state';
import { subnet } from '../model/address';
import type { Change } from '../model/change';
import { fingerprint, type PublicKey } from '../model/key';
import type { Peer } from '../model/mesh-node';
import { sh } from '../model/shell';
import type { WireguardArgs } from './wireguard-config';

type Running = Extract<WireguardState, { kind: 'present' }>;
type KnownPeer = Peer & { readonly publicKey: PublicKey };

/**
 * Deltas for an interface that runs. `ownKey` is the public key of the key file; `endpoints` are
 * those that the file has, by public key: a peer that has another one there is told anew.
 */
export function* runningChanges(
  args: WireguardArgs,
  running: Running,
  ownKey: PublicKey | undefined,
  endpoints: ReadonlyMap<string, string>,
): Iterable<Change> {
  yield* interfaceChanges(args, running, ownKey);
  const wanted = args.peers.filter((peer): peer is KnownPeer => peer.publicKey !== undefined);
  for (const peer of addFirst(wanted, running)) {
    const found = running.peers.get(peer.publicKey);
    yield* peerChange(args.name, peer, found, endpoints.get(peer.publicKey) ?? peer.endpoint);
  }
  const keys = new Set(wanted.map((peer) => peer.publicKey));
  for (const [key, peer] of running.peers) {
    if (!keys.has(key)) yield removal(args.name, key, peer);
  }
  yield* routeRemovals(args, running);
}

/**
 * Peers that gain AllowedIPs come before those that lose some: what moves from one peer to another
 * is taken over, and is never without a peer in between.
 */
function addFirst(wanted: readonly KnownPeer[], running: Running): readonly KnownPeer[] {
  const loses = (peer: KnownPeer): boolean => {
    const found = running.peers.get(peer.publicKey)?.allowedIps ?? [];
    return found.some((subnet) => !peer.allowedIps.includes(subnet));
  };
  return [...wanted.filter((peer) => !loses(peer)), ...wanted.filter(loses)];
}

/** Last, when no peer is left that they led to. */
function* routeRemovals(
  { name, addresses, routes }: WireguardArgs,
  running: Running,
): Iterable<Change> {
  // The kernel's own route goes with its address.
  const gone = running.addresses.filter((ip) => !addresses.includes(ip));
  const own = gone.flatMap((ip) => subnet(ip)?.text ?? []);
  for (const route of running.routes) {
    if (routes.includes(route) || own.includes(route)) continue;
    yield {
      summary: `no longer route ${route} over ${name}`,
      before: `route ${route}`,
      after: '',
      reason: 'nobody declared it',
      commands: [sh`ip route delete ${route} dev ${name}`],
    };
  }
}

function* interfaceChanges(
  { name, key_file, listen_port, mtu, addresses, routes }: WireguardArgs,
  running: Running,
  ownKey: PublicKey | undefined,
): Iterable<Change> {
  if (ownKey !== undefined && running.publicKey !== ownKey) {
    yield {
      summary: `give ${name} the key of ${key_file}`,
      before: `key ${running.publicKey === undefined ? 'none' : fingerprint(running.publicKey)}`,
      after: `key ${fingerprint(ownKey)}`,
      commands: [sh`wg set ${name} private-key ${key_file}`],
    };
  }
  if (running.listenPort !== listen_port) {
    yield {
      summary: `let ${name} listen on port ${String(listen_port)}`,
      before: `listen port ${String(running.listenPort)}`,
      after: `listen port ${String(listen_port)}`,
      commands: [sh`wg set ${name} listen-port ${listen_port}`],
    };
  }
  if (running.mtu !== mtu) {
    yield {
      summary: `set the MTU of ${name} to ${String(mtu)}`,
      before: `mtu ${String(running.mtu)}`,
      after: `mtu ${String(mtu)}`,
      commands: [sh`ip link set dev ${name} mtu ${mtu}`],
    };
  }
  if (!running.isUp) {
    yield {
      summary: `bring ${name} up`,
      before: `${name} is down`,
      after: `${name} is up`,
      commands: [sh`ip link set dev ${name} up`],
    };
  }
  for (const ip of addresses.filter((wanted) => !running.addresses.includes(wanted))) {
    yield {
      summary: `add ${ip} to ${name}`,
      before: '',
      after: `address ${ip}`,
      commands: [sh`ip address add ${ip} dev ${name}`],
    };
  }
  for (const ip of running.addresses.filter((found) => !addresses.includes(found))) {
    yield {
      summary: `remove ${ip} from ${name}`,
      before: `address ${ip}`,
      after: '',
      reason: 'nobody declared it',
      commands: [sh`ip address delete ${ip} dev ${name}`],
    };
  }
  for (const subnet of routes.filter((wanted) => !running.routes.includes(wanted))) {
    yield {
      summary: `route ${subnet} over ${name}`,
      before: '',
      after: `route ${subnet}`,
      // An address that was just added may have brought the route along.
      commands: [sh`ip route replace ${subnet} dev ${name}`],
    };
  }
}

function* peerChange(
  name: string,
  peer: KnownPeer,
  running: RunningPeer | undefined,
  endpointInFile: string | undefined,
): Iterable<Change> {
  const wanted = peerText({
    allowedIps: [...peer.allowedIps].sort(),
    persistentKeepalive: peer.persistentKeepalive,
    hasPresharedKey: false,
    // One that is behind NAT has the endpoint that it was last heard from, or none yet.
    hasEndpoint: peer.endpoint !== undefined || running?.hasEndpoint === true,
  });
  const found = running === undefined ? '' : peerText(running);
  if (found === wanted && endpointInFile === peer.endpoint) return;
  const endpoint = peer.endpoint === undefined ? [] : ['endpoint', peer.endpoint];
  const keepalive = String(peer.persistentKeepalive ?? 0);
  const before = `peer ${peer.host}\n${found}${endpointLine(running, endpointInFile)}`;
  yield {
    summary: `${running === undefined ? 'add' : 'change'} peer ${peer.host} on ${name}`,
    before: running === undefined ? '' : before,
    after: `peer ${peer.host}\n${wanted}${peer.endpoint === undefined ? '' : `\n  endpoint: ${peer.endpoint}`}`,
    commands: [
      sh`wg set ${name} peer ${peer.publicKey} preshared-key /dev/null ${endpoint} persistent-keepalive ${keepalive} allowed-ips ${peer.allowedIps.join(',')}`,
    ],
  };
}

function removal(name: string, key: PublicKey, peer: RunningPeer): Change {
  return {
    summary: `remove peer ${key} from ${name}`,
    before: `peer ${key}\n${peerText(peer)}`,
    after: '',
    reason: 'nobody declared it',
    commands: [sh`wg set ${name} peer ${key} remove`],
  };
}

function endpointLine(running: RunningPeer | undefined, endpoint: string | undefined): string {
  return running?.hasEndpoint === true && endpoint !== undefined ? `\n  endpoint: ${endpoint}` : '';
}

function peerText(peer: RunningPeer): string {
  return [
    `  allowed ips: ${peer.allowedIps.join(', ') || 'none'}`,
    `  keepalive: ${peer.persistentKeepalive === undefined ? 'off' : String(peer.persistentKeepalive)}`,
    ...(peer.hasPresharedKey ? ['  preshared key: yes'] : []),
    ...(peer.hasEndpoint ? [] : ['  endpoint: none']),
  ].join('\n');
}
