/**
 * A connection by SSH within this process: node-ssh logs in, and each script is a channel of ssh2.
 *
 * Traps in the libraries that this file answers: ssh2 takes any host key unless it is told how to
 * judge one; and once a login is done, node-ssh leaves `error` without a listener, so that the reset
 * of one host's connection would end the whole process.
 */
import { once } from 'node:events';
import { connect as openSocket, type Socket } from 'node:net';
import { NodeSSH } from 'node-ssh';
import type { Client, KexAlgorithm } from 'ssh2';
import { withPort } from '../model/address';
import type { Login } from '../model/host';
import { type Attempt, authHandler, newAttempt, watchLogin } from './attempt';
import type { Connect, Connection } from './connection';
import { type Keyring, type KeyringOptions, openKeyring } from './credentials';
import { hostKeyAlgorithms } from './host-key';
import { hostKeyCheck, type HostKeyCheckOptions } from './host-key-check';
import { runScript } from './ssh-script';
import { unreachable } from './unreachable';

export interface SshOptions extends KeyringOptions, HostKeyCheckOptions {
  /** From the call until the login is done. */
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

/** How long a host may take to hang up. */
const hangUpMs = 1000;

export function sshConnect(options: SshOptions): Connect {
  const keyring = openKeyring(options);
  return async (login) => {
    const attempt = newAttempt(login, options.connectTimeoutMs);
    const giveUp = new AbortController();
    const timer = setTimeout(() => {
      attempt.isTimedOut = true;
      giveUp.abort();
    }, options.connectTimeoutMs);
    try {
      const opened = open(attempt, options, keyring, giveUp.signal);
      return await Promise.race([opened, untilAborted(giveUp.signal)]);
    } catch (error) {
      giveUp.abort();
      throw unreachable(attempt, error);
    } finally {
      clearTimeout(timer);
    }
  };
}

async function open(
  attempt: Attempt,
  options: SshOptions,
  keyring: Keyring,
  giveUp: AbortSignal,
): Promise<Connection> {
  const { login } = attempt;
  attempt.credentials = await keyring.credentials(login);
  giveUp.throwIfAborted();

  const socket = openSocket({
    host: login.host,
    port: login.port,
    noDelay: true,
    // Of a name with several addresses, Node gives up each after 250 ms if it is not told otherwise.
    autoSelectFamilyAttemptTimeout: 1000,
  });
  giveUp.addEventListener('abort', () => socket.destroy());

  const check = hostKeyCheck(login, options);
  const ssh = new NodeSSH();
  const ready = ssh.connect({
    sock: socket,
    username: login.user,
    authHandler: authHandler(attempt, attempt.credentials),
    hostVerifier: (key: Buffer) => {
      attempt.hostKeyRefusal = check.refusal(key);
      return attempt.hostKeyRefusal === undefined;
    },
    algorithms: {
      kex: keyExchanges,
      serverHostKey: hostKeyAlgorithms(options.knownHosts.keyTypes(login.host, login.port)),
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
  const lastError = watchErrors(client, socket);
  watchLogin(attempt, client, socket);
  const recorded = once(client, 'handshake', { signal: giveUp }).then(() => check.record());
  await Promise.all([ready, recorded]);
  return connectionOver(client, socket, login, lastError);
}

function connectionOver(
  client: Client,
  socket: Socket,
  login: Login,
  lastError: () => string | undefined,
): Connection {
  const place = withPort(login.host, login.port);
  return {
    run: (job) => runScript({ client, place, login, lastError }, job),
    async close() {
      if (socket.closed) return;
      const closed = once(socket, 'close');
      client.end();
      // Says goodbye, and does not wait for an answer but for its own words to be sent.
      socket.destroySoon();
      const timer = setTimeout(() => socket.destroy(), hangUpMs);
      await closed.catch(() => undefined);
      clearTimeout(timer);
    },
  };
}

/** A broken connection is closed at once: half open, it would keep its scripts waiting. */
function watchErrors(client: Client, socket: Socket): () => string | undefined {
  let last: string | undefined;
  client.on('error', (error) => {
    last = error.message;
    socket.destroy();
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
