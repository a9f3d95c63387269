/**
 * A connection by SSH within this process: node-ssh logs in, and each script is a channel of ssh2.
 *
 * Traps in the libraries that this file answers: ssh2 takes any host key unless it is told how to
 * judge one; and once a login is done, node-ssh leaves `error` without a listener, so that the reset
 * of one host's connection would end the whole process.
 */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import type { Client, KexAlgorithm } from 'ssh2';
import { withPort } from '../model/address';
import type { Jump } from '../model/host';
import { type Attempt, authHandler, newAttempt, watchLogin } from './attempt';
import type { BecomePasswords } from './become-passwords';
import { type Connect, Unreachable } from './connection';
import type { Keyring } from './credentials';
import { hostKeyAlgorithms } from './host-key';
import { hostKeyCheck, type HostKeyCheckOptions } from './host-key-check';
import { newLoginTurns } from './login-turns';
import { askedOfSshOnly } from './only-by-ssh';
import { connectionOver } from './script';
import { type Opened, sshTransport } from './ssh-transport';
import { unreachable } from './unreachable';
import { hangUp, newWays, type Way } from './way';

export interface SshOptions extends HostKeyCheckOptions {
  readonly keyring: Keyring;
  readonly becomePasswords: BecomePasswords;
  /** From when it is a host's turn (see login-turns.ts) until the login is done. */
  readonly connectTimeoutMs: number;
}

/** Curve25519 first: the others cost several times as much on both sides. */
const keyExchanges: KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha256',
];

export function sshConnect(options: SshOptions): Connect {
  const ways = newWays(async (jump, way) => {
    const { client, stream } = await logIn(jump, way);
    return {
      client,
      close: async () => {
        await hangUp(client, stream);
        await way.leave();
      },
    };
  });

  const turns = newLoginTurns();
  const logIn = (login: Jump, way: Way): Promise<Opened> =>
    turns.logIn(
      `${way.name} ${withPort(login.host, login.port)}`,
      options.connectTimeoutMs,
      (remainingMs) => tryLogin(login, way, remainingMs),
    );

  const tryLogin = async (login: Jump, way: Way, remainingMs: number): Promise<Opened> => {
    const attempt = newAttempt(login, options.connectTimeoutMs);
    const giveUp = new AbortController();
    const timer = setTimeout(() => {
      attempt.isTimedOut = true;
      giveUp.abort();
    }, remainingMs);
    try {
      const opened = open(attempt, way, options, giveUp.signal);
      return await Promise.race([opened, untilAborted(giveUp.signal)]);
    } catch (error) {
      giveUp.abort();
      throw unreachable(attempt, error);
    } finally {
      clearTimeout(timer);
    }
  };

  return async (login) => {
    const way = await ways.through(login.jumps);
    const opened = await logIn(login, way).catch(async (error: unknown) => {
      await way.leave();
      throw error;
    });
    const transport = sshTransport(opened, withPort(login.host, login.port));
    return connectionOver(
      {
        ...transport,
        close: async () => {
          await transport.close();
          await way.leave();
        },
      },
      login,
      options.becomePasswords,
    );
  };
}

async function open(
  attempt: Attempt,
  way: Way,
  options: SshOptions,
  giveUp: AbortSignal,
): Promise<Opened> {
  const { login } = attempt;
  const impossible = askedOfSshOnly(login);
  if (impossible !== undefined) throw new Unreachable(impossible);
  attempt.credentials = await options.keyring.credentials(login);
  giveUp.throwIfAborted();

  const stream = await way.open(login);
  giveUp.addEventListener('abort', () => stream.destroy());
  if (giveUp.aborted) stream.destroy();

  const check = await hostKeyCheck(login, options);
  const ssh = new NodeSSH();
  const ready = ssh.connect({
    sock: stream,
    username: login.user,
    authHandler: authHandler(attempt, attempt.credentials),
    hostVerifier: (key: Buffer) => {
      attempt.hostKeyRefusal = check.refusal(key);
      return attempt.hostKeyRefusal === undefined;
    },
    algorithms: {
      kex: keyExchanges,
      serverHostKey: hostKeyAlgorithms(check.keyTypes),
      compress: ['none'],
    },
    keepaliveInterval: 10_000,
    keepaliveCountMax: 3,
    // The time is ours to keep: it runs from the call, not from the socket.
    readyTimeout: 0,
  });
  // node-ssh sets it before it first waits.
  const client = ssh.connection;
  if (client === null) throw new Error('node-ssh made no connection');
  const lastError = watchErrors(client, stream);
  watchLogin(attempt, client, stream);
  const recorded = once(client, 'handshake', { signal: giveUp }).then(() => check.record());
  await Promise.all([ready, recorded]);
  return { client, stream, lastError };
}

/** A broken connection is closed at once: half open, it would keep its scripts waiting. */
function watchErrors(client: Client, stream: Duplex): () => string | undefined {
  let last: string | undefined;
  client.on('error', (error) => {
    last = error.message;
    stream.destroy();
  });
  return () => last;
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('given up'));
    });
  });
}
