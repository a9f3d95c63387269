/**
 * Turns at logging in, so that an sshd turns none of us away: of those who have not logged in yet it
 * lets ten wait, and drops more by chance (MaxStartups of sshd_config(5), 10:30:100 by default).
 */
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { Unreachable } from './connection';

/** Fewer than ten, because others log in there too. */
const loginsAtOnce = 8;

const mostTries = 10;

/** Before the second try; it doubles with each, and chance parts those who were dropped together. */
const firstPauseMs = 100;
const longestPauseMs = 1000;

/** The host hung up before it said who it is: nobody has tried to log in, so one may try again. */
export class TurnedAway extends Unreachable {}

export interface LoginTurns {
  /**
   * Waits for a turn and tries to log in, again where the host turns us away; a login that was
   * refused is never tried again.
   * @param host tells one sshd from another.
   * @param timeoutMs for all tries, from when it is our turn.
   * @param attempt one try, and the time that it has.
   */
  logIn<Opened>(
    host: string,
    timeoutMs: number,
    attempt: (remainingMs: number) => Promise<Opened>,
  ): Promise<Opened>;
}

export function newLoginTurns(): LoginTurns {
  const turns = new Map<string, ReturnType<typeof pLimit>>();
  return {
    logIn(host, timeoutMs, attempt) {
      const turn = turns.get(host) ?? pLimit(loginsAtOnce);
      turns.set(host, turn);
      return turn(() => persistently(timeoutMs, attempt));
    },
  };
}

async function persistently<Opened>(
  timeoutMs: number,
  attempt: (remainingMs: number) => Promise<Opened>,
): Promise<Opened> {
  const deadline = performance.now() + timeoutMs;
  let last: TurnedAway | undefined;
  for (let tries = 1; ; tries += 1) {
    const isOver = (): boolean => tries === mostTries || performance.now() >= deadline;
    try {
      return await attempt(deadline - performance.now());
    } catch (error) {
      // That the time was up says less than why it was.
      if (error instanceof TurnedAway) last = error;
      else if (last === undefined || !isOver()) throw error;
    }
    const pauseMs =
      Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1)) * (0.5 + Math.random());
    if (isOver() || performance.now() + pauseMs >= deadline) {
      const count = tries === 1 ? '' : `; tried ${String(tries)} times`;
      throw new Unreachable(`${last.message}${count}`, { cause: last });
    }
    await pause(pauseMs);
  }
}
