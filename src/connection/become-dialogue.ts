/**
 * What is said to sudo(8) until root's shell is there: the password upon its prompt, once, and then
 * the script.
 *
 * Sent blindly, a password that nobody asks for would be run by root's shell, and where it is wrong
 * the lines of the script would be the next guesses.
 */
import type { Secret } from '../model/secret';
import { promptMark, readyMark } from './become';
import type { Verdict } from './become-passwords';
import type { Channel } from './channel';
import { onMark } from './mark';

/** How long sudo may take to ask, and then to let root's shell begin. */
const patienceMs = 60_000;

export interface Dialogue {
  /** Waits for sudo's first word: does it ask for a password? @throws Silence */
  isAsked(): Promise<boolean>;
  /** Gives the password, and waits for what comes of it. @throws Silence */
  give(password: Secret): Promise<Verdict>;
  /** Is root's shell there? */
  isReady(): boolean;
}

/** Nothing was said for too long. */
export class Silence extends Error {
  override readonly name = 'Silence';
}

/** To be called as soon as the channel is there, so that nothing of what is said is missed. */
export function openDialogue(channel: Channel, nonce: string): Dialogue {
  const heard = { prompts: 0, isReady: false, isRefused: false, hasEnded: false };
  let check = (): void => undefined;
  onMark(channel.stdout, readyMark(nonce), () => {
    heard.isReady = true;
    check();
  });
  onMark(channel.stderr, promptMark(nonce), () => {
    heard.prompts += 1;
    check();
  });
  // Where sudoers allows one try only, sudo does not ask again.
  onMark(channel.stderr, 'incorrect password attempt', () => {
    heard.isRefused = true;
  });
  void channel.exit.then(() => {
    heard.hasEnded = true;
    check();
  });

  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Silence(`nothing was said within ${String(patienceMs / 1000)} s`));
      }, patienceMs);
      check = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        resolve();
      };
      check();
    });

  return {
    isReady: () => heard.isReady,
    async isAsked() {
      await until(() => heard.prompts > 0 || heard.isReady || heard.hasEnded);
      return heard.prompts > 0 && !heard.isReady;
    },
    async give(password) {
      channel.stdin.write(`${password.reveal()}\n`);
      await until(() => heard.prompts > 1 || heard.isReady || heard.hasEnded);
      if (heard.isReady) return 'accepted';
      return heard.prompts > 1 || heard.isRefused ? 'refused' : undefined;
    },
  };
}
