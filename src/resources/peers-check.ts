/** Does a host reach each of its peers by WireGuard address, with a handshake that is alive? */
import {
  patienceSeconds,
  type PeerReplies,
  peerReplies,
  type PeerTarget,
} from '../facts/peer-replies';
import type { Seen } from '../facts/seen';
import { type Sessions, wireguardSessions } from '../facts/wireguard-sessions';
import type { Check, Finding } from '../model/check';
import { skewText, tolerableSkew } from '../model/clock';
import { deadAfter } from '../model/handshake';
import type { PublicKey } from '../model/key';
import { reasonOf, skewOf } from './peer-reason';
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
    // After the pings, which make idle peers shake hands.
    sessions: wireguardSessions(args.interface),
  }),
  *judge({ interface: wg, peers, unasked = 0 }, { replies, sessions }, host, seen) {
    const here = { host, wg, replies, sessions, seen };
    for (const peer of peers) {
      yield* peer.addresses.map((ip) => reachability(here, peer, ip));
      // Of who is behind a hub there is no handshake here; an external peer is not ours to judge.
      if (!isBehindHub(peer) && !peer.isExternal) yield liveness(here, peer);
    }
    yield* punctuality(here);
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

interface Here {
  readonly host: string;
  readonly wg: string;
  readonly replies: PeerReplies | undefined;
  readonly sessions: Sessions | undefined;
  readonly seen: Seen;
}

function reachability(here: Here, peer: Member, ip: string): Check {
  const { host } = here;
  const way = isBehindHub(peer) ? ` through ${peer.via.host}` : '';
  const title = `${host} reaches ${peer.host} at ${ip}${way}`;
  return { id: 'SC-1', host, peer: peer.host, title, ...answer(here, peer, ip) };
}

function answer(here: Here, peer: Member, ip: string): Finding {
  const { wg, replies } = here;
  const keyless = [peer, peer.via].find((each) => each !== undefined && !hasKey(each));
  if (keyless !== undefined) return { status: 'skip', evidence: noKey(keyless) };
  if (replies === undefined) return { status: 'fail', evidence: `there is no ${wg}` };
  if (!replies.answering.has(ip)) {
    const silence = `no answer to pings in ${String(patienceSeconds)} s`;
    return peer.isExternal
      ? { status: 'skip', evidence: `${silence}; an external peer may be off` }
      : { status: 'fail', evidence: `${silence}; ${reason(here, peer, ip)}` };
  }
  const largest = replies.largest.get(ip);
  if (largest === undefined) return { status: 'pass', evidence: 'it answered a ping' };
  const sizes = `the largest that pass have ${String(largest)} bytes, and ${wg} has an MTU of ${String(replies.mtu)}`;
  // What an external peer's path carries is not ours to say, but what we send there is lost.
  return {
    status: peer.isExternal ? 'warn' : 'fail',
    evidence: `MTU: large packets are lost on the way without a word; ${sizes}`,
  };
}

function liveness(here: Here, peer: Member): Check {
  const { host } = here;
  const title = `the handshake of ${host} with ${peer.host} is fresh`;
  return { id: 'SC-3', host, peer: peer.host, title, ...freshness(here, peer) };
}

function freshness(here: Here, peer: Member): Finding {
  if (peer.publicKey === undefined) return { status: 'skip', evidence: noKey(peer) };
  if (here.sessions === undefined) return { status: 'fail', evidence: `there is no ${here.wg}` };
  const session = here.sessions.sessions.find(({ publicKey }) => publicKey === peer.publicKey);
  const age = session?.ageSeconds ?? null;
  if (age === null) {
    return {
      status: 'fail',
      evidence: `there never was one; ${reason(here, peer, peer.addresses[0] ?? '')}`,
    };
  }
  if (age < 0) {
    const back = `clock: it is ${String(-age)} s in the future, for the clock of ${here.host} went back`;
    // A ping that was answered tells that there is a session still.
    const isAlive = peer.addresses.some((ip) => here.replies?.answering.has(ip));
    return { status: isAlive ? 'warn' : 'fail', evidence: back };
  }
  const old = `${String(age)} s old`;
  return age <= deadAfter
    ? { status: 'pass', evidence: old }
    : { status: 'fail', evidence: `${old}; ${reason(here, peer, peer.addresses[0] ?? '')}` };
}

function reason({ replies, sessions, ...here }: Here, peer: Member, ip: string): string {
  const next = peer.via ?? peer;
  if (replies === undefined || sessions === undefined) return `there is no ${here.wg}`;
  if (next.publicKey === undefined) return noKey(next);
  const to = { host: next.host, publicKey: next.publicKey };
  return reasonOf({ ...here, peer: peer.host, next: to, ip, replies, sessions });
}

/** Where it is not known when the host was asked, nothing can be said of its clock. */
function* punctuality({ host, wg, seen }: Here): Iterable<Check> {
  const skew = skewOf(host, wg, seen);
  if (skew === undefined) return;
  const title = `the clock of ${host} agrees with the controller's`;
  yield {
    id: 'SC-3',
    host,
    title,
    status: Math.abs(skew) > tolerableSkew ? 'warn' : 'pass',
    evidence: skew === 0 ? 'no difference to be seen' : `it is ${skewText(skew)}`,
  };
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
