/**
 * The login shell of a host, which has to give way to sh before anything of ours is run.
 *
 * sshd(8) hands a command to whatever shell the user has: bash, fish, tcsh, one that prints a menu,
 * or nologin(8). All that it has to understand is `exec` and words in single quotes. sh then says that
 * it is there: what stands before that is noise of start-up files and no part of an answer, and where it
 * never comes, nothing was run.
 *
 * The mark does not stand in the command as it is printed, because a shell may print its commands
 * (`set -x`). And where nobody listens any more, sh can not say it and runs nothing: a shell that comes
 * to itself after it was given up does no work behind our back.
 */
import { ending } from '../model/secret';
import type { Answer } from './answer';
import type { Channel } from './channel';
import { Unreachable } from './connection';
import { answerAfter, onMark } from './mark';

/** How sh says that it is there. */
function hereMark(nonce: string): string {
  return `${nonce}HERE`;
}

/**
 * What a login shell is to do so that sh becomes this command.
 * @param command text for sh, in which `$0` is `word`. csh(1) reads `!` even in single quotes and ends
 *   a line there at once, fish(1) reads the backslash.
 */
export function byLoginShell(command: string, nonce: string, word = 'sh'): string {
  const own = `echo "${nonce}"HERE && exec ${command}`;
  if (/['!\\\n]/.test(own + word)) throw new Error('a login shell may read it in its own way');
  return `exec /bin/sh -c '${own}' '${word}'`;
}

/** What sh answered; undefined where it never was there. */
export function answerOfSh(answer: Answer, nonce: string): Answer | undefined {
  return answerAfter(hereMark(nonce), answer);
}

/** Whose shell it is, for messages. */
export interface Whose {
  readonly user: string;
  /** HOST:PORT */
  readonly place: string;
}

/** A login shell at work. */
export interface LoginShell {
  /** Rejects where sh is not there in time. @throws Unreachable */
  readonly silence: Promise<never>;
  /** How long it took until sh was there; 0: it is not there. */
  tookMs(): number;
}

/** To be called as soon as the channel is there. */
export function watchLoginShell(
  { stdout, exit }: Channel,
  nonce: string,
  limitMs: number,
  whose: Whose,
  over: AbortSignal,
): LoginShell {
  const beganAt = performance.now();
  let tookMs = 0;
  const silence = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      const seconds = String(limitMs / 1000);
      reject(new Unreachable(`${nameOf(whose)} did not begin within ${seconds} s`));
    }, limitMs);
    const stop = (): void => {
      clearTimeout(timer);
    };
    onMark(stdout, hereMark(nonce), () => {
      tookMs = performance.now() - beganAt;
      stop();
    });
    void exit.then(stop);
    over.addEventListener('abort', stop);
  });
  return { silence, tookMs: () => tookMs };
}

/** Of a shell that has ended without ever giving way to sh. */
export function ranNothing({ stdout, stderr, exit }: Answer, whose: Whose): Unreachable {
  const said = [stdout, stderr].flatMap((bytes) => ending(bytes.toString(), 1000).split('\n'));
  const last = said.findLast((line) => line.trim() !== '')?.trim();
  const words = last === undefined ? '' : `: ${last.slice(0, 300).replace(/[.]$/, '')}`;
  const end =
    exit?.code === undefined ? `signal ${exit?.signal ?? ''}` : `exit code ${String(exit.code)}`;
  return new Unreachable(
    `${nameOf(whose)} ran nothing and ended with ${end}${words}; let it be a shell (chsh -s ` +
      `/bin/sh ${whose.user}), with no ForceCommand of sshd_config and no command= of ` +
      'authorized_keys in its place',
  );
}

function nameOf({ user, place }: Whose): string {
  return `${user}'s login shell on ${place}`;
}
