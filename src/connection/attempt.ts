/** An attempt to log in: what is offered to the host, and what is seen of it on the way. */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyAuthMethod, Client } from 'ssh2';
import type { Jump } from '../model/host';
import type { Credential, Credentials } from './credentials';

/** Keys, as a person knows them. */
export interface Offer extends Pick<Credentials, 'passedOver'> {
  readonly offered: readonly Pick<Credential, 'description'>[];
}

/** It fills while the login goes on, so that a failure can say how far it came (see unreachable.ts). */
export interface Attempt {
  readonly login: Jump;
  readonly connectTimeoutMs: number;
  isTimedOut: boolean;
  /** The way is open: TCP, or a channel of a jump host. */
  isConnected: boolean;
  /** The handshake is over: the host has proved its key, and it is the right one. */
  isTrusted: boolean;
  /** The first bytes that the host sent. */
  greeting: Buffer;
  /** What the host says before a login (RFC 4252, section 5.4). */
  banner: string;
  /** Why its host key was not accepted. */
  hostKeyRefusal: string | undefined;
  /** What was offered, and what was not and why; undefined: it is not known yet. */
  credentials: Offer | undefined;
  /** How one could still log in, after a key was refused. */
  methodsLeft: readonly string[] | undefined;
  /** A key was accepted, and the host asks for more. */
  isHalfAccepted: boolean;
  /** Notes what is to be seen, where it does not fill by itself. */
  look: () => void;
}

export function newAttempt(login: Jump, connectTimeoutMs: number): Attempt {
  return {
    login,
    connectTimeoutMs,
    isTimedOut: false,
    isConnected: false,
    isTrusted: false,
    greeting: Buffer.alloc(0),
    banner: '',
    hostKeyRefusal: undefined,
    credentials: undefined,
    methodsLeft: undefined,
    isHalfAccepted: false,
    look: () => undefined,
  };
}

/** What is kept of a host's first words, in case that it is no SSH server. */
const greetingLimit = 1024;

/** To be called before a socket is connected. */
export function watchLogin(attempt: Attempt, client: Client, stream: Duplex): void {
  const onData = (piece: Buffer): void => {
    const room = greetingLimit - attempt.greeting.length;
    attempt.greeting = Buffer.concat([attempt.greeting, piece.subarray(0, room)]);
    if (room <= piece.length) stream.off('data', onData);
  };
  attempt.isConnected = !(stream instanceof Socket);
  stream.once('connect', () => {
    attempt.isConnected = true;
  });
  stream.on('data', onData);
  client.once('handshake', () => {
    attempt.isTrusted = true;
    stream.off('data', onData);
  });
  client.on('banner', (message) => {
    if (attempt.banner.length < greetingLimit) attempt.banner += message;
  });
}

/** Offers each key once, and nothing but keys: ssh2 calls this when the one before was refused. */
export function authHandler(attempt: Attempt, { offered }: Credentials) {
  const pending = [...offered];
  // The types of ssh2 do not say that both are null in the first call.
  return (methodsLeft: string[] | null, isPartial: boolean | null): AnyAuthMethod | false => {
    attempt.methodsLeft = methodsLeft ?? undefined;
    attempt.isHalfAccepted = isPartial === true;
    if (methodsLeft !== null && !methodsLeft.includes('publickey')) return false;
    return pending.shift()?.method ?? false;
  };
}
