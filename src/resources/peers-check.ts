/** Does a host reach each of its peers by WireGuard address, with a handshake that is alive? */
import {
  patienceSeconds,
  type PeerReplies,
  peerReplies,
  type PeerTarget,
} from '../facts/peer-replies';
import type { Check } from '../model/check';
import type { PublicKey } from '../model/key';
import { resource } from './resource';

interface Args {
  readonly host: string;
  readonly interface: string;
  readonly peers: readonly Member[];
  /** Further nodes behind hubs, which this host does not ask; 0 where it is left out. */
  readonly unasked?: number;
}

/** Somebody whom the host is to reach. */
export interface Member {
  readonly host: string;
  readonly addresses: readonly string[];
  /** Undefined until that host has made its key. */
  readonly publicKey: PublicKey | undefined;
  /** Is it none of ours? Then it may be off at any time. */
  readonly isExternal: boolean;
  /** The hub between them; undefined: they are peers. */
  readonly via: { readonly host: string; readonly publicKey: PublicKey | undefined } | undefined;
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
      peers: { type: 'array', description: 'Whom it reaches; only a reference can give them.' },
      unasked: { type: 'integer', minimum: 0, description: 'How many more it could ask.' },
    },
  },
  facts: (args: Args) => ({
    replies: peerReplies(
      args.interface,
      args.peers.flatMap((peer) => targetsOf(args.host, peer)),
    ),
  }),
  *judge({ interface: wg, peers, unasked = 0 }, { replies }, host, unreached) {
    for (const peer of peers) {
      yield* peer.addresses.map((ip) => reachability(host, wg, peer, ip, { replies, unreached }));
      // Of who is behind a hub there is no handshake here; an external peer is not ours to judge.
      if (!isBehindHub(peer) && !peer.isExternal) yield liveness(host, wg, peer, replies);
    }
    if (unasked > 0) {
      yield {
        id: 'SC-1',
        host,
        title: `${host} reaches ${String(unasked)} more behind hubs`,
        status: 'skip',
        evidence:
          'of those behind hubs a host asks the next ones by name; these are asked by others',
      };
    }
  },
});

interface Known {
  readonly replies: PeerReplies | undefined;
  /** Hosts that the controller could not reach. */
  readonly unreached: ReadonlySet<string>;
}

function reachability(
  host: string,
  wg: string,
  peer: Member,
  ip: string,
  { replies, unreached }: Known,
): Check {
  const way = isBehindHub(peer) ? ` through ${peer.via.host}` : '';
  const check = { id: 'SC-1', host, title: `${host} reaches ${peer.host} at ${ip}${way}` } as const;
  const keyless = [peer, peer.via].find((each) => each !== undefined && !hasKey(each));
  if (keyless !== undefined) return { ...check, status: 'skip', evidence: noKey(keyless) };
  if (replies === undefined) return { ...check, status: 'fail', evidence: `there is no ${wg}` };
  if (replies.answering.has(ip))
    return { ...check, status: 'pass', evidence: 'it answered a ping' };
  const silence = `no answer to pings in ${String(patienceSeconds)} s`;
  if (unreached.has(peer.host)) {
    const cause = `${peer.host} could not be reached in this run either`;
    return { ...check, status: 'fail', evidence: `${silence}; ${cause}` };
  }
  if (!peer.isExternal) return { ...check, status: 'fail', evidence: silence };
  return { ...check, status: 'skip', evidence: `${silence}; an external peer may be off` };
}

function liveness(host: string, wg: string, peer: Member, replies: PeerReplies | undefined): Check {
  const title = `the handshake of ${host} with ${peer.host} is fresh`;
  const check = { id: 'SC-3', host, title } as const;
  if (peer.publicKey === undefined) return { ...check, status: 'skip', evidence: noKey(peer) };
  if (replies === undefined) return { ...check, status: 'fail', evidence: `there is no ${wg}` };
  const age = replies.handshakeAges.get(peer.publicKey);
  if (age === undefined) return { ...check, status: 'fail', evidence: 'there never was one' };
  return { ...check, status: age <= deadAfter ? 'pass' : 'fail', evidence: `${String(age)} s old` };
}

/** Of a pair, the one that comes first by its name begins the handshake. */
function targetsOf(host: string, peer: Member): readonly PeerTarget[] {
  const { begins, waits } = targets.get(peer) ?? bothTargets(peer);
  const next = peer.via ?? peer;
  return next.host < host ? waits : begins;
}

type Targets = Readonly<Record<'begins' | 'waits', readonly PeerTarget[]>>;

/** Made once for each member, whoever asks: in a full mesh it is a member of all. */
const targets = new WeakMap<Member, Targets>();

function bothTargets(peer: Member): Targets {
  const made = {
    begins: targetsAt(peer, { waits: false }),
    waits: targetsAt(peer, { waits: true }),
  };
  targets.set(peer, made);
  return made;
}

function targetsAt(peer: Member, { waits }: Pick<PeerTarget, 'waits'>): readonly PeerTarget[] {
  const { publicKey } = peer.via ?? peer;
  if (publicKey === undefined || peer.publicKey === undefined) return [];
  return peer.addresses.map((address) => ({ address, publicKey, waits }));
}

function isBehindHub(peer: Member): peer is Member & { readonly via: object } {
  return peer.via !== undefined;
}

function hasKey({ publicKey }: Pick<Member, 'publicKey'>): boolean {
  return publicKey !== undefined;
}

function noKey({ host }: Pick<Member, 'host'>): string {
  return `${host} has no key yet; apply makes one`;
}
