/** One script over a transport: sent on stdin, bounded in time here and on the host. */
import type { Login } from '../model/host';
import { hidden, printable, type Secret } from '../model/secret';
import { type Answer, readAnswer } from './answer';
import { answerOfRoot, asRoot, refusalOf } from './become';
import { openDialogue, Silence } from './become-dialogue';
import type { BecomePasswords } from './become-passwords';
import type { Channel, Exit, Transport } from './channel';
import {
  type Connection,
  ConnectionLost,
  type Job,
  type Reply,
  ScriptTimeout,
  Unreachable,
} from './connection';
import { answerOfSh, byLoginShell, ranNothing, watchLoginShell, type Whose } from './login-shell';

/** The connection that a transport makes, for scripts of this login. */
export function connectionOver(
  transport: Transport,
  login: Login,
  passwords: BecomePasswords,
): Connection {
  return {
    run: (job) => runScript({ transport, login, passwords }, job),
    close: () => transport.close(),
  };
}

/** Where scripts run, and as whom. */
interface Link {
  readonly transport: Transport;
  readonly login: Login;
  readonly passwords: BecomePasswords;
}

/** What `timeout` gives a script between asking it to end and killing it. */
const killAfterSeconds = 5;
/** We wait longer than the host does, so that it is the host that ends the script. */
const patienceMs = (killAfterSeconds + 3) * 1000;
/** What start-up files may cost. */
const loginShellMs = 60_000;

/** @throws as `Connection.run` does. */
async function runScript(link: Link, job: Job): Promise<Reply> {
  const { transport, login } = link;
  const startedAt = performance.now();
  const over = new AbortController();
  try {
    const answer = await Promise.race([
      answerOf(link, job, over.signal),
      lossOf(transport),
      expiryOf(transport, job, over.signal),
    ]);
    const { exit } = answer;
    if (exit === undefined || !(await transport.stands())) throw lost(transport);
    const said = answerOfSh(answer, job.nonce);
    if (said === undefined) throw ranNothing(answer, whoseShell(link));
    const own = login.become === undefined ? said : answerOfRoot(said, job.nonce);
    if (own === undefined) throw refused(link, refusalOf(said, login));
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs >= job.timeoutMs && wasStopped(exit)) throw tooLate(transport, job);
    const { loginShellMs } = answer;
    return { stdout: own.stdout, stderr: own.stderr, exitCode: exit.code, loginShellMs };
  } finally {
    // With a reason of its own, because the usual one is an error with a stack.
    over.abort('over');
  }
}

async function answerOf(
  link: Link,
  job: Job,
  over: AbortSignal,
): Promise<Answer & Pick<Reply, 'loginShellMs'>> {
  const { transport, login, passwords } = link;
  const password = passwords.of(login);
  const command = commandOf(job, login, { hasPassword: password !== undefined });
  const channel = await transport.open(command);
  if (channel === undefined) throw lost(transport);
  if (over.aborted) {
    // It has been given up meanwhile, and must not run behind our back.
    channel.close();
    throw tooLate(transport, job);
  }
  const answer = readAnswer(channel, transport.place, over, job.hear);
  const limitMs = Math.min(loginShellMs, job.timeoutMs);
  const shell = watchLoginShell(channel, job.nonce, limitMs, whoseShell(link), over);
  const sent = send(link, channel, job, password);
  const [whole] = await Promise.race([Promise.all([answer, sent]), shell.silence]);
  return { ...whole, loginShellMs: shell.tookMs() };
}

/** @throws Unreachable where root's shell does not begin. */
async function send(link: Link, channel: Channel, job: Job, password?: Secret): Promise<void> {
  if (password === undefined) channel.stdin.end(job.script);
  else await speak(link, channel, job, password);
}

/** Gives the password where it is asked for, and the script. @throws Unreachable */
async function speak(link: Link, channel: Channel, job: Job, password: Secret): Promise<void> {
  const { transport, login, passwords } = link;
  const { place } = transport;
  const dialogue = openDialogue(channel, job.nonce);
  try {
    if (await dialogue.isAsked()) {
      const give = () => dialogue.give(password);
      const verdict = await passwords.offer(password, login.user, place, give);
      if (verdict === 'refused') throw refused(link, 'sudo does not accept the password');
      if (verdict === 'withheld') throw refused(link, withheld);
    }
  } catch (error) {
    if (!(error instanceof Silence)) throw error;
    throw refused(link, `sudo neither asks for a password nor begins: ${error.message}`);
  }
  // Nothing but root's shell may read the script.
  channel.stdin.end(dialogue.isReady() ? job.script : '');
}

const withheld =
  'the password was refused before, and is not tried again, so that no account is locked';

/** Whatever a host says, it does not say the password. */
function refused({ transport, login, passwords }: Link, why: string): Unreachable {
  const password = passwords.of(login)?.reveal();
  const words = password === undefined ? why : why.replaceAll(password, hidden);
  return new Unreachable(`${login.user} can't become root on ${transport.place}: ${words}`);
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

function whoseShell({ transport, login }: Link): Whose {
  return { user: login.user, place: transport.place };
}

/** Zero seconds would mean no limit to timeout(1). */
function commandOf(
  { nonce, timeoutMs }: Job,
  { become }: Login,
  { hasPassword }: { readonly hasPassword: boolean },
): string {
  if (!/^[A-Za-z0-9]+$/.test(nonce)) throw new Error('a nonce is letters and digits');
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1000)));
  const limited = `timeout -k ${String(killAfterSeconds)} ${seconds} /bin/sh -s -- ${nonce}`;
  if (become === undefined) return byLoginShell(limited, nonce);
  const { command, word } = asRoot(limited, nonce, { method: become.method, hasPassword });
  return byLoginShell(command, nonce, word);
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
