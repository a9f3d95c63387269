/** One script over a transport: sent on stdin, bounded in time here and on the host. */
import type { Login } from '../model/host';
import { ending, printable } from '../model/secret';
import { type Answer, readAnswer } from './answer';
import { becoming, refusalOf } from './become';
import type { Exit, Transport } from './channel';
import {
  type Connection,
  ConnectionLost,
  type Job,
  type Reply,
  ScriptTimeout,
  Unreachable,
} from './connection';

/** The connection that a transport makes, for scripts of this login. */
export function connectionOver(transport: Transport, login: Login): Connection {
  return {
    run: (job) => runScript(transport, login, job),
    close: () => transport.close(),
  };
}

/** What `timeout` gives a script between asking it to end and killing it. */
const killAfterSeconds = 5;
/** We wait longer than the host does, so that it is the host that ends the script. */
const patienceMs = (killAfterSeconds + 3) * 1000;

/** @throws as `Connection.run` does. */
async function runScript(transport: Transport, login: Login, job: Job): Promise<Reply> {
  const startedAt = performance.now();
  const over = new AbortController();
  try {
    const answer = await Promise.race([
      answerOf(transport, login, job, over.signal),
      lossOf(transport),
      expiryOf(transport, job, over.signal),
    ]);
    const { stdout, stderr, exit } = answer;
    if (exit === undefined || !(await transport.stands())) throw lost(transport);
    if (login.become !== undefined) checkBecame(transport, login, answer);
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs >= job.timeoutMs && wasStopped(exit)) throw tooLate(transport, job);
    return { stdout, stderr, exitCode: exit.code };
  } finally {
    over.abort();
  }
}

/** @throws Unreachable where the user may not become who must run the script. */
function checkBecame(
  { place }: Transport,
  { user }: Login,
  { stdout, stderr, exit }: Answer,
): void {
  const why = refusalOf(stdout, ending(stderr.toString(), 300), exit?.code);
  if (why === undefined) return;
  throw new Unreachable(`${user} can't become root on ${place}: ${why}`);
}

async function answerOf(
  transport: Transport,
  login: Login,
  job: Job,
  over: AbortSignal,
): Promise<Answer> {
  const channel = await transport.open(commandOf(job, login));
  if (channel === undefined) throw lost(transport);
  if (over.aborted) {
    // It has been given up meanwhile, and must not run behind our back.
    channel.close();
    throw tooLate(transport, job);
  }
  const answer = readAnswer(channel, transport.place, over, job.hear);
  channel.stdin.end(job.script);
  return answer;
}

async function lossOf(transport: Transport): Promise<never> {
  await transport.ended;
  throw lost(transport);
}

function expiryOf(transport: Transport, job: Job, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onExpiry = (): void => {
      reject(tooLate(transport, job));
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
function wasStopped({ code, signal }: Exit): boolean {
  return code === 124 || code === 137 || code === 143 || signal !== undefined;
}

function lost(transport: Transport): ConnectionLost {
  const why = transport.reason();
  const words = why === undefined ? '' : `: ${printable(why)}`;
  return new ConnectionLost(
    `the connection to ${transport.place} was lost before the script ended${words}`,
  );
}

function tooLate({ place }: Transport, { timeoutMs }: Job): ScriptTimeout {
  return new ScriptTimeout(
    `the script on ${place} did not end within ${String(timeoutMs / 1000)} s`,
  );
}
