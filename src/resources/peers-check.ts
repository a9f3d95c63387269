/** Does a host reach each of its peers by WireGuard address, with a handshake that is alive? */
import {
  patienceSeconds,
  type PeerReplies,
  peerReplies,
  type PeerTarget,
} from '../facts/peer-replies';
import type { Check } from '../model/check';
import type { Peer } from '../model/mesh-node';
import { resource } from './resource';

interface Args {
  readonly host: string;
  readonly interface: string;
  readonly peers: readonly Peer[];
}

/** Seconds after which a session is dead: REJECT_AFTER_TIME of the WireGuard paper, section 6.1. */
const deadAfter = 180;

export const peersCheck = resource({
  kind: 'peers-check',
  serves: 'SC-1',
  args: {
    type: 'object',
    required: ['host', 'interface', 'peers'],
    additionalProperties: false,
    properties: {
      host: { type: 'string', description: 'The host that is asked.' },
      interface: { type: 'string', description: 'The WireGuard interface.' },
      peers: { type: 'array', description: 'The peers; only a reference can give them.' },
    },
  },
  facts: (args: Args) => ({
    replies: peerReplies(
      args.interface,
      args.peers.flatMap((peer) => targetsOf(args.host, peer)),
    ),
  }),
  *judge({ interface: wg, peers }, { replies }, host) {
    for (const peer of peers) {
      yield* addressesOf(peer).map((ip) => reachability(host, wg, peer, ip, replies));
      yield liveness(host, wg, peer, replies);
    }
  },
});

function reachability(
  host: string,
  wg: string,
  peer: Peer,
  ip: string,
  replies: PeerReplies | undefined,
): Check {
  const check = { id: 'SC-1', host, title: `${host} reaches ${peer.host} at ${ip}` } as const;
  if (!hasKey(peer)) return { ...check, status: 'skip', evidence: noKey(peer) };
  if (replies === undefined) return { ...check, status: 'fail', evidence: `there is no ${wg}` };
  return replies.answering.has(ip)
    ? { ...check, status: 'pass', evidence: 'it answered a ping' }
    : { ...check, status: 'fail', evidence: `no answer to pings in ${String(patienceSeconds)} s` };
}

function liveness(host: string, wg: string, peer: Peer, replies: PeerReplies | undefined): Check {
  const title = `the handshake of ${host} with ${peer.host} is fresh`;
  const check = { id: 'SC-3', host, title } as const;
  if (peer.publicKey === undefined) return { ...check, status: 'skip', evidence: noKey(peer) };
  if (replies === undefined) return { ...check, status: 'fail', evidence: `there is no ${wg}` };
  const age = replies.handshakeAges.get(peer.publicKey);
  if (age === undefined) return { ...check, status: 'fail', evidence: 'there never was one' };
  return { ...check, status: age <= deadAfter ? 'pass' : 'fail', evidence: `${String(age)} s old` };
}

/** Of a pair, the one that comes first by its name begins the handshake. */
function targetsOf(host: string, peer: Peer): readonly PeerTarget[] {
  const { publicKey } = peer;
  if (publicKey === undefined) return [];
  return addressesOf(peer).map((address) => ({ address, publicKey, waits: peer.host < host }));
}

function hasKey(peer: Peer): boolean {
  return peer.publicKey !== undefined;
}

function noKey(peer: Peer): string {
  return `${peer.host} has no key yet; apply makes one`;
}

/** The peer's own addresses: of its AllowedIPs those that hold a single one. */
function addressesOf(peer: Peer): readonly string[] {
  return peer.allowedIps.flatMap((subnet) => {
    const [, ip] = /^(\S+)\/(?:32|128)$/.exec(subnet) ?? [];
    return ip === undefined ? [] : [ip];
  });
}
