/**
 * Logging in to hosts, whoever does it: a library within this process (in-process.ts) or the system's
 * ssh (openssh.ts). Here is what both have in common: the way through jump hosts, turns, and time.
 */
import { withPort } from '../model/address';
import type { Jump, Login } from '../model/host';
import { type Attempt, newAttempt } from './attempt';
import type { BecomePasswords } from './become-passwords';
import type { Connect } from './connection';
import type { Keyring } from './credentials';
import type { HostKeyCheckOptions } from './host-key-check';
import { newLoginTurns } from './login-turns';
import { connectionOver } from './script';
import { unreachable } from './unreachable';
import { type Entered, newWays, type Place, type Way } from './way';

export interface LoginOptions extends HostKeyCheckOptions {
  readonly keyring: Keyring;
  readonly becomePasswords: BecomePasswords;
  /** From when it is a host's turn (see login-turns.ts) until the login is done. */
  readonly connectTimeoutMs: number;
}

/** Who logs in. */
export interface Entrance<Path> {
  straight(to: Place): Promise<Path>;
  /**
   * One attempt; what is seen of the host is noted in it.
   * @param giveUp ends it at once, and leaves nothing behind.
   */
  enter(attempt: Attempt, way: Way<Path>, giveUp: AbortSignal): Promise<Entered<Path>>;
}

export function connectBy<Path>(entrance: Entrance<Path>, options: LoginOptions): Connect {
  const turns = newLoginTurns();
  const logIn = (login: Jump, way: Way<Path>): Promise<Entered<Path>> =>
    turns.logIn(
      `${way.name} ${withPort(login.host, login.port)}`,
      options.connectTimeoutMs,
      (remainingMs) => tryLogin(login, way, remainingMs),
    );

  const tryLogin = async (
    login: Jump,
    way: Way<Path>,
    remainingMs: number,
  ): Promise<Entered<Path>> => {
    const attempt = newAttempt(login, options.connectTimeoutMs);
    const giveUp = new AbortController();
    const timer = setTimeout(() => {
      attempt.isTimedOut = true;
      giveUp.abort();
    }, remainingMs);
    try {
      const entered = entrance.enter(attempt, way, giveUp.signal);
      return await Promise.race([entered, untilAborted(giveUp.signal)]);
    } catch (error) {
      giveUp.abort();
      throw unreachable(attempt, error);
    } finally {
      clearTimeout(timer);
    }
  };

  const ways = newWays((to) => entrance.straight(to), logIn);

  /** A jump host may be lost just before it is known to be: then it is logged in to anew, once. */
  const arrive = async (login: Login, mayRepeat = true): Promise<Arrived<Path>> => {
    const way = await ways.through(login.jumps);
    try {
      return { way, entered: await logIn(login, way) };
    } catch (error) {
      const isLost = await way.isLost();
      await way.leave();
      if (isLost && mayRepeat) return arrive(login, false);
      throw error;
    }
  };

  return async (login) => {
    const { way, entered } = await arrive(login);
    const { transport } = entered;
    const close = async (): Promise<void> => {
      await transport.close();
      await way.leave();
    };
    return connectionOver({ ...transport, close }, login, options.becomePasswords);
  };
}

interface Arrived<Path> {
  readonly way: Way<Path>;
  readonly entered: Entered<Path>;
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('given up'));
    });
  });
}
