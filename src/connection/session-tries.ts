/**
 * Asking a host for a session more than once: with MaxSessions 1, sshd refuses one that it is asked
 * for in the same breath in which it is told that the last one is closed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Channel } from './channel';
import { Unreachable } from './connection';

/** How often a host that refuses a session is asked, and how long it is left in peace in between. */
const tries = 10;
const betweenMs = 50;

/**
 * @param open gives the channel, or why there is none; undefined where the connection has ended.
 * @throws Unreachable where the host goes on refusing.
 */
export async function openPersistently(
  place: string,
  open: () => Promise<Channel | Error | undefined>,
): Promise<Channel | undefined> {
  for (let tried = 1; ; tried += 1) {
    const channel = await open();
    if (!(channel instanceof Error)) return channel;
    if (tried === tries) {
      throw new Unreachable(`${place} refuses to run a script: ${channel.message}`);
    }
    await pause(betweenMs);
  }
}
