/**
 * A connection by the system's ssh, for what a library can't do: certificates, hardware keys,
 * ProxyCommand, GSSAPI. One ssh process a host logs in and stays in the background; scripts go over its
 * control socket (see control-socket.ts).
 *
 * Traps that this file answers: ssh's exit code 255 says nothing of why, so its log is read; a master
 * that is left behind lives on, so it ends by itself ten seconds after the last client; and ssh tells of
 * a host behind a jump host only that it hung up, so the jump host is asked.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withPort } from '../model/address';
import type { Jump } from '../model/host';
import type { Attempt } from './attempt';
import type { Transport } from './channel';
import { type Connect, Unreachable } from './connection';
import { type ControlSocket, endMaster, openControl } from './control-socket';
import type { Keyring } from './credentials';
import { type HostKeyCheck, hostKeyCheck } from './host-key-check';
import { jumpLost, jumpRefusal } from './jump-refusal';
import { connectBy, type LoginOptions } from './login';
import { proxyThrough, sshArguments } from './openssh-arguments';
import { endIn, errorIn, offersHeldKey, refusedHostKey, see } from './openssh-log';
import { type Sessions, sessionsOver } from './session-channel';
import { openPersistently } from './session-tries';
import { isTurnedAway } from './unreachable';
import type { Entered, Way } from './way';

export interface OpensshOptions extends LoginOptions {
  /** For every ssh: `-F FILE`, or none. */
  readonly arguments: readonly string[];
  /** The user's home directory. */
  readonly home: string;
  /** What ssh finds in its environment. */
  readonly environment: NodeJS.ProcessEnv;
}

/** How ssh gets to a host. */
interface Route {
  /** ProxyCommand; undefined: as the configuration says, or straight. */
  readonly through: string | undefined;
  /** Why there is no way on from the jump host; undefined: there is, as far as it can be told. */
  refusal(): Promise<Unreachable | undefined>;
}

const straight: Route = { through: undefined, refusal: () => Promise.resolve(undefined) };

export function connectByOpenssh(options: OpensshOptions): Connect {
  return connectBy(
    {
      straight: () => Promise.resolve(straight),
      enter: (attempt, way, giveUp) => enter(attempt, way, options, giveUp),
    },
    options,
  );
}

async function enter(
  attempt: Attempt,
  way: Way<Route>,
  options: OpensshOptions,
  giveUp: AbortSignal,
): Promise<Entered<Route>> {
  const { login } = attempt;
  const check = await hostKeyCheck(login, options);
  const route = await way.open(login);
  const desk = await openDesk();
  try {
    attempt.look = () => {
      see(attempt, desk.log());
    };
    await logIn({ attempt, check, route, desk, options, giveUp });
    for (const key of await desk.newKeys()) await check.record(key);
    giveUp.throwIfAborted();
    const control = await openControl(desk.control);
    return entered(login, control, desk);
  } catch (error) {
    await desk.clear();
    throw error;
  }
}

/** A directory for one ssh, private to the user. */
interface Desk {
  readonly control: string;
  readonly logFile: string;
  readonly newKeyFile: string;
  log(): string;
  /** Those that ssh has accepted as new. */
  newKeys(): Promise<readonly Buffer[]>;
  /** Ends what listens there, and leaves nothing. Never throws. */
  clear(): Promise<void>;
}

async function openDesk(): Promise<Desk> {
  const directory = await mkdtemp(join(tmpdir(), 'wgpush-ssh-'));
  const control = join(directory, 'control');
  const logFile = join(directory, 'log');
  const newKeyFile = join(directory, 'known_hosts');
  return {
    ...{ control, logFile, newKeyFile },
    log() {
      try {
        return readFileSync(logFile, 'utf8');
      } catch {
        // ssh has not written anything yet.
        return '';
      }
    },
    async newKeys() {
      const text = await readFile(newKeyFile, 'utf8').catch(() => '');
      const keys = text.split('\n').map((line) => line.split(' ')[2] ?? '');
      return keys.filter((key) => key !== '').map((key) => Buffer.from(key, 'base64'));
    },
    async clear() {
      await endMaster(control);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Try {
  readonly attempt: Attempt;
  readonly check: HostKeyCheck;
  readonly route: Route;
  readonly desk: Desk;
  readonly options: OpensshOptions;
  readonly giveUp: AbortSignal;
}

/** Until ssh has logged in and gone to the background. @throws Error of why it has not. */
async function logIn({ attempt, check, route, desk, options, giveUp }: Try): Promise<void> {
  const { login } = attempt;
  const { control, logFile } = desk;
  const newKeyFile = check.mayBeNew ? desk.newKeyFile : undefined;
  const args = sshArguments({
    ...{ login, control, logFile, through: route.through },
    ...{ home: options.home, arguments: options.arguments },
    trust: { files: check.files, newKeyFile },
  });
  const { code, words } = await ended(args, options.environment, giveUp);
  if (code === 0) return;
  const log = desk.log();
  see(attempt, log);
  // That was all, and the log does not stay.
  attempt.look = () => undefined;
  attempt.banner = words;
  const shown = refusedHostKey(log);
  if (shown !== undefined) attempt.hostKeyRefusal = check.refusal(shown);
  const error =
    log === '' ? new Error(words === '' ? 'ssh ends without a word' : words) : errorIn(log);
  if (isTurnedAway(attempt, error)) {
    const refusal = await route.refusal();
    if (refusal !== undefined) throw refusal;
  }
  if (attempt.isTrusted) await explain(attempt, log, options.keyring);
  throw error;
}

/**
 * ssh does not say which keys it could not use, and why. It offers one whose private half it can't
 * have; one that an agent or a token holds it can have, whatever we know of it.
 */
async function explain(attempt: Attempt, log: string, keyring: Keyring): Promise<void> {
  const { credentials, methodsLeft = [] } = attempt;
  try {
    const { passedOver } = await keyring.credentials(attempt.login);
    attempt.credentials = { offered: credentials?.offered ?? [], passedOver };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    if (!offersHeldKey(log) && methodsLeft.includes('publickey')) throw error;
  }
}

/** What is kept of what ssh writes beside its log: the host's banner. */
const wordsLimit = 1024;

function ended(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  giveUp: AbortSignal,
): Promise<{ readonly code: number | null; readonly words: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: environment,
      signal: giveUp,
    });
    let words = '';
    child.stderr.on('data', (piece: Buffer) => {
      if (words.length < wordsLimit) words += piece.toString();
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      // The master goes on to hold what it has inherited.
      setImmediate(() => {
        child.stderr.destroy();
        resolve({ code, words });
      });
    });
  });
}

function entered(login: Jump, control: ControlSocket, desk: Desk): Entered<Route> {
  const sessions = sessionsOver(control);
  return {
    transport: transportOver(withPort(login.host, login.port), control, sessions, desk),
    pass: (to) => {
      const refuse = (why: string): Unreachable => jumpRefusal(login.host, to, why);
      if (!control.isOpen()) return Promise.reject(refuse(jumpLost));
      return Promise.resolve({
        through: proxyThrough(desk.control, to),
        refusal: async () => {
          const why = await sessions.refusal(to.host, to.port);
          if (!control.isOpen()) return refuse(jumpLost);
          return why === undefined ? undefined : refuse(why);
        },
      });
    },
  };
}

function transportOver(
  place: string,
  control: ControlSocket,
  sessions: Sessions,
  desk: Desk,
): Transport {
  let reason: string | undefined;
  const ended = control.ended.then(() => {
    reason = endIn(desk.log());
  });
  const cleared = ended.then(() => desk.clear());
  return {
    place,
    ended,
    reason: () => reason,
    stands: () => Promise.resolve(control.isOpen()),
    open: (command) => openPersistently(place, () => sessions.execute(command)),
    async close() {
      control.close();
      await cleared;
    },
  };
}
