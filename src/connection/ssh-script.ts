/**
 * One script on an open SSH connection: sent on stdin, bounded in time here and on the host.
 *
 * Trap in ssh2: when a connection is lost, it closes the channel just as a host would, exit code
 * and all, even in the middle of the answer. So the connection is watched too, and its end counts.
 */
import type { Client } from 'ssh2';
import type { Login } from '../model/host';
import { ending, printable } from '../model/secret';
import { becoming, refusalOf } from './become';
import { ConnectionLost, type Job, type Reply, ScriptTimeout, Unreachable } from './connection';
import { type Answer, readAnswer } from './ssh-answer';

/** An open connection, and what there is to say of it. */
export interface Link {
  readonly client: Client;
  /** HOST:PORT */
  readonly place: string;
  readonly login: Login;
  /** Why it ended, where that is known. */
  readonly lastError: () => string | undefined;
}

/** What `timeout` gives a script between asking it to end and killing it. */
const killAfterSeconds = 5;
/** We wait longer than the host does, so that it is the host that ends the script. */
const patienceMs = (killAfterSeconds + 3) * 1000;

/** @throws as `Connection.run` does. */
export async function runScript(link: Link, job: Job): Promise<Reply> {
  const startedAt = performance.now();
  const over = new AbortController();
  try {
    const { stdout, stderr, exit } = await Promise.race([
      answerOf(link, job, over.signal),
      lossOf(link, over.signal),
      expiryOf(link, job, over.signal),
    ]);
    if (exit === undefined) throw lost(link);
    if (link.login.become !== undefined) checkBecame(link, { stdout, stderr, exit });
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs >= job.timeoutMs && wasStopped(exit)) throw tooLate(link, job);
    return { stdout, stderr, exitCode: exit.code };
  } finally {
    over.abort();
  }
}

/** @throws Unreachable where the user may not become who must run the script. */
function checkBecame({ place, login }: Link, { stdout, stderr, exit }: Answer): void {
  const why = refusalOf(stdout, ending(stderr.toString(), 300), exit?.code);
  if (why === undefined) return;
  throw new Unreachable(`${login.user} can't become root on ${place}: ${why}`);
}

function answerOf(link: Link, job: Job, over: AbortSignal): Promise<Answer> {
  const command = commandOf(job, link.login);
  return new Promise((resolve, reject) => {
    try {
      link.client.exec(command, (error, channel) => {
        if (error) {
          reject(new Unreachable(`${link.place} refuses to run a script: ${error.message}`));
          return;
        }
        readAnswer(channel, link.place, over).then(resolve, reject);
        channel.end(job.script);
      });
    } catch {
      // The only thing that ssh2 throws here is "Not connected".
      reject(lost(link));
    }
  });
}

function lossOf(link: Link, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onClose = (): void => {
      reject(lost(link));
    };
    link.client.once('close', onClose);
    over.addEventListener('abort', () => link.client.off('close', onClose));
  });
}

function expiryOf(link: Link, job: Job, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onExpiry = (): void => {
      reject(tooLate(link, job));
    };
    const timer = setTimeout(onExpiry, job.timeoutMs + patienceMs);
    over.addEventListener('abort', () => {
      clearTimeout(timer);
    });
  });
}

/** Any login shell reads this the same way. Zero seconds would mean no limit to timeout(1). */
function commandOf({ nonce, timeoutMs }: Job, { become }: Login): string {
  if (!/^[A-Za-z0-9]+$/.test(nonce)) throw new Error('a nonce is letters and digits');
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1000)));
  const limited = `timeout -k ${String(killAfterSeconds)} ${seconds} /bin/sh -s -- ${nonce}`;
  return `exec ${become === undefined ? '' : `${becoming(become)} `}${limited}`;
}

/**
 * Does it look like the work of timeout(1)? GNU's exits with 124, or dies of the KILL that it sends
 * to its whole group; busybox's leaves the script to die of the signal.
 */
function wasStopped({ code, signal }: NonNullable<Answer['exit']>): boolean {
  return code === 124 || code === 137 || code === 143 || signal !== undefined;
}

function lost({ place, lastError }: Link): ConnectionLost {
  const why = lastError();
  const words = why === undefined ? '' : `: ${printable(why)}`;
  return new ConnectionLost(`the connection to ${place} was lost before the script ended${words}`);
}

function tooLate({ place }: Link, { timeoutMs }: Job): ScriptTimeout {
  return new ScriptTimeout(
    `the script on ${place} did not end within ${String(timeoutMs / 1000)} s`,
  );
}
