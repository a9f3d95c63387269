/** Why a jump host does not lead on to another host, in the words of both connections. */
import { withPort } from '../model/address';
import { Unreachable } from './connection';
import type { Place } from './way';

/** @param jump its name or address. */
export function jumpRefusal(jump: string, { host, port }: Place, why: string): Unreachable {
  return new Unreachable(`jump host ${jump} can't connect to ${withPort(host, port)}: ${why}`);
}

/** RFC 4254, section 5.1: of several reasons the first is that it is not allowed. */
export function whyNotPassed(reason: unknown, words: string): string {
  return reason === 1 ? 'it passes nothing on (AllowTcpForwarding)' : words;
}

/** Of a jump host that is gone. */
export const jumpLost = 'its connection was lost';
