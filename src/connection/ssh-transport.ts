/**
 * The transport of SSH within this process: a connection of ssh2, and its channels.
 *
 * Trap in ssh2: when a connection is lost, it closes the channel just as a host would, exit code
 * and all, even in the middle of the answer. So the connection is watched too, and its end counts.
 */
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { Channel, Exit, Transport } from './channel';
import { Unreachable } from './connection';
import { hangUp } from './way';

/** A host that has let us in. */
export interface Opened {
  readonly client: Client;
  readonly stream: Duplex;
  /** Why the connection ended, where that is known. */
  readonly lastError: () => string | undefined;
}

export function sshTransport({ client, stream, lastError }: Opened, place: string): Transport {
  let stands = !stream.closed;
  const ended = new Promise<void>((resolve) => {
    client.once('close', () => {
      stands = false;
      resolve();
    });
  });
  return {
    place,
    ended,
    reason: lastError,
    stands: () => Promise.resolve(stands),
    open: (command) =>
      new Promise((resolve, reject) => {
        try {
          client.exec(command, (error, channel) => {
            if (error === undefined) resolve(channelOf(channel));
            else reject(new Unreachable(`${place} refuses to run a script: ${error.message}`));
          });
        } catch {
          // The only thing that ssh2 throws here is "Not connected".
          resolve(undefined);
        }
      }),
    close: () => hangUp(client, stream),
  };
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
