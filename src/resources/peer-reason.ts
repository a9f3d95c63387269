/**
 * Why a host does not reach a peer. The first reason that holds, from the host itself outwards: its
 * own interface, what the peer has told of itself, the clocks, the path between them.
 *
 * What is between two hosts can't be looked into. So much is told by silence as it can bear, and the
 * evidence beside it.
 */
import type { PeerReplies } from '../facts/peer-replies';
import type { Seen } from '../facts/seen';
import { type Session, type Sessions, wireguardSessions } from '../facts/wireguard-sessions';
import { address, contains, subnet } from '../model/address';
import { skewSeconds, skewText, tolerableSkew } from '../model/clock';
import { deadAfter } from '../model/handshake';
import type { PublicKey } from '../model/key';

/** What a reason is looked for by. */
export interface Case {
  readonly host: string;
  /** The interface. */
  readonly wg: string;
  /** Who does not answer. */
  readonly peer: string;
  /** Whom the host's packets to it go to first: the peer itself, or the hub between them. */
  readonly next: { readonly host: string; readonly publicKey: PublicKey };
  /** By which address. */
  readonly ip: string;
  readonly replies: PeerReplies;
  readonly sessions: Sessions;
  readonly seen: Seen;
}

export function reasonOf(each: Case): string {
  return reasonHere(each) ?? reasonThere(each) ?? reasonInClocks(each) ?? reasonBetween(each);
}

/** What is wrong on the host itself. */
function reasonHere({ wg, next, ip, replies, sessions }: Case): string | undefined {
  const session = sessions.sessions.find(({ publicKey }) => publicKey === next.publicKey);
  const holder = holderOf(ip, sessions);
  if (session === undefined) {
    return holder === undefined
      ? `peer: ${next.host} is no peer of ${wg} in the kernel`
      : `key mismatch: ${wg} has ${holder.publicKey} for ${ip}, and the key of ${next.host} is ${next.publicKey}`;
  }
  const device = replies.devices.get(ip);
  if (device === null) return `no route: ${ip} has no route`;
  if (device !== undefined && device !== wg) {
    return `no route: the route to ${ip} leads over ${device}, not over ${wg}`;
  }
  if (holder === undefined) return `allowed IPs: no peer of ${wg} has ${ip} among them`;
  if (holder !== session) return `allowed IPs: ${ip} is with the peer ${holder.publicKey}`;
  return undefined;
}

/** What the other one has told of itself in this run. */
function reasonThere({ host, wg, peer, next, ip, sessions, seen }: Case): string | undefined {
  const there = seen.tells(next.host, wireguardSessions(wg));
  if (there === undefined) return `no interface: ${next.host} has no ${wg}`;
  if (there !== 'unasked') {
    if (there.publicKey !== next.publicKey) {
      return `key mismatch: the key of ${next.host} is ${there.publicKey ?? 'none'}, and ${host} has ${next.publicKey} for it`;
    }
    const back = there.sessions.find(({ publicKey }) => publicKey === sessions.publicKey);
    const own = sessions.addresses.find((text) => sameFamily(text, ip));
    if (back === undefined) {
      const other = own === undefined ? undefined : holderOf(own, there);
      return other === undefined
        ? `one-sided: ${next.host} does not have ${host} as a peer`
        : `key mismatch: ${next.host} has ${other.publicKey} for ${host}, whose key is ${sessions.publicKey ?? 'none'}`;
    }
    if (own === undefined) return `no address: ${host} has none of that family on ${wg}`;
    if (holderOf(own, there) !== back) {
      return `allowed IPs: ${next.host} does not take packets from ${own} of ${host}`;
    }
  }
  const target = seen.tells(peer, wireguardSessions(wg));
  if (target === undefined) return `no interface: ${peer} has no ${wg}`;
  if (target !== 'unasked' && !target.addresses.includes(ip)) {
    return `no address: ${peer} does not have ${ip} on its ${wg}`;
  }
  return undefined;
}

/**
 * A handshake that begins at an earlier time than the one before is taken for a replay (TAI64N;
 * WireGuard paper, section 5.1): a host whose clock went back can begin none until it has caught up.
 */
function reasonInClocks({ host, wg, next, sessions, seen }: Case): string | undefined {
  const session = sessions.sessions.find(({ publicKey }) => publicKey === next.publicKey);
  if (isAlive(session)) return undefined;
  for (const name of [host, next.host]) {
    const skew = skewOf(name, wg, seen);
    if (skew !== undefined && Math.abs(skew) > tolerableSkew) {
      return `clock: that of ${name} is ${skewText(skew)}, and a handshake from an earlier time than the one before is refused`;
    }
  }
  return undefined;
}

function reasonBetween({ peer, next, replies, sessions, seen }: Case): string {
  if (seen.unreached.has(next.host)) {
    return `${next.host} could not be reached in this run either`;
  }
  const session = sessions.sessions.find(({ publicKey }) => publicKey === next.publicKey);
  const endpoint = session?.endpoint ?? null;
  if (session === undefined || endpoint === null) {
    return `endpoint: it is not known where to send to ${next.host}, which has not been heard from`;
  }
  const received =
    session.receivedBytes - (replies.receivedBefore.get(next.publicKey) ?? session.receivedBytes);
  if (received > 0 && isAlive(session)) {
    const flow = `${next.host} sent ${String(received)} bytes meanwhile by a handshake ${String(session.ageSeconds)} s old`;
    return next.host === peer
      ? `firewall: WireGuard works, and pings are not answered; ${flow}`
      : `behind the hub: ${flow}; what is between it and ${peer} is told by their own checks`;
  }
  const outside = replies.endpoints.get(next.publicKey);
  const where = endpoint.replace(/:\d+$/, '');
  const port = endpoint.slice(where.length + 1);
  if (outside === true) {
    return `endpoint: nothing comes back from UDP port ${port} of ${where}, which answers pings: it is blocked on the way, or nothing listens there`;
  }
  return `endpoint: nothing comes back from ${endpoint}, and ${where} answers no ping outside WireGuard either`;
}

/** Seconds that a host's clock is off; undefined: it was not asked. */
export function skewOf(host: string, wg: string, seen: Seen): number | undefined {
  const told = seen.tells(host, wireguardSessions(wg));
  const span = seen.spanOf(host);
  if (told === 'unasked' || told === undefined || span === undefined) return undefined;
  return skewSeconds(told.clock, span);
}

function isAlive(session: Session | undefined): boolean {
  const age = session?.ageSeconds ?? null;
  return age !== null && age >= 0 && age <= deadAfter;
}

/** The peer that packets to an address are for: that of the longest prefix that holds it. */
function holderOf(text: string, { sessions }: Sessions): Session | undefined {
  const ip = address(text);
  if (ip === undefined) return undefined;
  const holding = sessions.flatMap((session) =>
    session.allowedIps.split(',').flatMap((each) => {
      const net = subnet(each);
      return net !== undefined && contains(net, ip) ? [{ session, net }] : [];
    }),
  );
  holding.sort((one, other) => other.net.prefixLength - one.net.prefixLength);
  return holding[0]?.session;
}

function sameFamily(one: string, other: string): boolean {
  return one.includes(':') === other.includes(':') && !one.startsWith('fe80:');
}
