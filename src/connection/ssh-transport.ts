/**
 * The transport of SSH within this process: a connection of ssh2, and its channels.
 *
 * Trap in ssh2: when a connection is lost, it closes the channel just as a host would, exit code
 * and all, even in the middle of the answer. So the connection is watched too, and its end counts.
 */
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
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
    open: (command) => opened(client, place, command, 1),
    close: () => hangUp(client, stream),
  };
}

/** How often a host that refuses a session is asked, and how long it is left in peace in between. */
const sessionTries = 10;
const betweenTriesMs = 50;

/**
 * With MaxSessions 1, sshd refuses a session that it is asked for in the same breath in which it is
 * told that the last one is closed.
 */
async function opened(
  client: Client,
  place: string,
  command: string,
  tries: number,
): Promise<Channel | undefined> {
  const channel = await execute(client, command);
  if (!(channel instanceof Error)) return channel;
  if (tries === sessionTries) {
    throw new Unreachable(`${place} refuses to run a script: ${channel.message}`);
  }
  await pause(betweenTriesMs);
  return opened(client, place, command, tries + 1);
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
