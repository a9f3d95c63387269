/**
 * A connection by SSH within this process: node-ssh logs in, and each script is a channel of ssh2.
 *
 * Traps in the libraries that this file answers: ssh2 takes any host key unless it is told how to
 * judge one; and once a login is done, node-ssh leaves `error` without a listener, so that the reset
 * of one host's connection would end the whole process. And ssh2 has each OpenSSH prove all keys that it
 * has, a signature each on both sides, for whoever listens to that; here nobody does.
 */
import { once } from 'node:events';
import { connect as openSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import type { Client, KexAlgorithm } from 'ssh2';
import { withPort } from '../model/address';
import type { Jump } from '../model/host';
import { type Attempt, authHandler, watchLogin } from './attempt';
import { type Connect, Unreachable } from './connection';
import { describedKey, hostKeyAlgorithms } from './host-key';
import { hostKeyCheck } from './host-key-check';
import { jumpLost, jumpRefusal, whyNotPassed } from './jump-refusal';
import { libraryTransport, type Opened } from './library-transport';
import { connectBy, type LoginOptions } from './login';
import { askedOfSshOnly } from './only-by-ssh';
import type { Place, Way } from './way';

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

export function connectInProcess(options: LoginOptions): Connect {
  return connectBy(
    {
      straight: (to) => Promise.resolve(socketTo(to)),
      enter: async (attempt, way: Way<Duplex>, giveUp) => {
        const { login } = attempt;
        const opened = await open(attempt, way, options, giveUp);
        return {
          transport: libraryTransport(opened, withPort(login.host, login.port)),
          pass: (to) => forwarded(opened.client, login, to),
        };
      },
    },
    options,
  );
}

/** Bytes to and from the host; they may have to wait until it is connected. */
function socketTo({ host, port }: Place): Duplex {
  return openSocket({
    host,
    port,
    noDelay: true,
    // Of a name with several addresses, Node gives up each after 250 ms if it is not told otherwise.
    autoSelectFamilyAttemptTimeout: 1000,
  });
}

/** The same, as a channel of a jump host. */
function forwarded(client: Client, jump: Jump, to: Place): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string): void => {
      reject(jumpRefusal(jump.host, to, why));
    };
    try {
      client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, channel) => {
        if (error === undefined) resolve(channel);
        else refuse(refusalOf(error));
      });
    } catch {
      // The only thing that ssh2 throws here is "Not connected".
      refuse(jumpLost);
    }
  });
}

function refusalOf(error: Error): string {
  const words = error.message.replace(/^\(SSH\) Channel open failure: /, '');
  return whyNotPassed('reason' in error ? error.reason : undefined, words);
}

async function open(
  attempt: Attempt,
  way: Way<Duplex>,
  options: LoginOptions,
  giveUp: AbortSignal,
): Promise<Opened> {
  const { login } = attempt;
  const impossible = askedOfSshOnly(login);
  if (impossible !== undefined) throw new Unreachable(impossible);
  const credentials = await options.keyring.credentials(login);
  attempt.credentials = credentials;
  giveUp.throwIfAborted();

  const stream = await way.open(login);
  giveUp.addEventListener('abort', () => stream.destroy());
  if (giveUp.aborted) stream.destroy();

  const check = await hostKeyCheck(login, options);
  let shown: Buffer | undefined;
  const ssh = new NodeSSH();
  const ready = ssh.connect({
    sock: stream,
    username: login.user,
    authHandler: authHandler(attempt, credentials),
    hostVerifier: (key: Buffer) => {
      shown = key;
      attempt.hostKeyRefusal = check.refusal(describedKey(key));
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
  client.once('handshake', () => {
    // There is no option for it. ssh2 asks for proofs only where this says OpenSSH.
    Object.assign(client, { _remoteVer: '' });
  });
  // ssh2 asks for the verdict before the host has proved that it owns the key that it shows.
  const recorded = once(client, 'handshake', { signal: giveUp }).then(
    () => shown && check.record(shown),
  );
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
