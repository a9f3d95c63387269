/**
 * The transport of SSH within this process: a connection of ssh2, and its channels.
 *
 * Trap in ssh2: when a connection is lost, it closes the channel just as a host would, exit code
 * and all, even in the middle of the answer. So the connection is watched too, and its end counts.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { Channel, Exit, Transport } from './channel';
import { openPersistently } from './session-tries';

/** A host that has let us in. */
export interface Opened {
  readonly client: Client;
  readonly stream: Duplex;
  /** Why the connection ended, where that is known. */
  readonly lastError: () => string | undefined;
}

export function libraryTransport({ client, stream, lastError }: Opened, place: string): Transport {
  let stands = !stream.closed;
  const ended = new Promise<void>((resolve) => {
    client.once('close', () => {
      stands = false;
      resolve();
    });
    if (!stands) resolve();
  });
  return {
    place,
    ended,
    reason: lastError,
    stands: () => Promise.resolve(stands),
    open: (command) => openPersistently(place, () => execute(client, command)),
    close: () => hangUp(client, stream),
  };
}

/** The channel, or why there is none; undefined where the connection has ended. */
function execute(client: Client, command: string): Promise<Channel | Error | undefined> {
  return new Promise((resolve) => {
    try {
      client.exec(command, (error, channel) => {
        resolve(error ?? channelOf(channel));
      });
    } catch {
      // The only thing that ssh2 throws here is "Not connected".
      resolve(undefined);
    }
  });
}

/**
 * It has to be called as soon as the channel is there: how the command ended may have come together
 * with the host's consent to run it.
 */
function channelOf(channel: ClientChannel): Channel {
  const exit = new Promise<Exit | undefined>((resolve) => {
    channel.on('exit', (code: number | null, signal?: string) => {
      resolve({ code: code ?? undefined, signal });
    });
    channel.on('close', () => {
      resolve(undefined);
    });
  });
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    exit,
    close: () => {
      channel.close();
    },
  };
}

/** How long a host may take to hang up. */
const hangUpMs = 1000;

/**
 * Says goodbye, and does not wait for an answer but for its own words to be sent. A channel of a jump
 * host that was lost never says that it is closed.
 */
function hangUp(client: Client, stream: Duplex): Promise<void> {
  if (stream.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      stream.destroy();
      resolve();
    }, hangUpMs);
    stream.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    client.end();
    if (stream instanceof Socket) stream.destroySoon();
    else stream.end();
  });
}
