/**
 * The way to a host: a socket of this machine, or a channel that a jump host opens (ProxyJump of
 * ssh_config(5)).
 *
 * A jump host is logged in to once, however many hosts are behind it: sshd lets in ten logins at a
 * time and drops more (MaxStartups). That connection ends with the last that goes through it.
 */
import { connect as openSocket, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { withPort } from '../model/address';
import type { Jump } from '../model/host';
import { Unreachable } from './connection';

/** A jump host that has let us in. */
export interface Passage {
  readonly client: Client;
  /** Ends the connection. Never throws. */
  close(): Promise<void>;
}

export interface Way {
  /** Tells it from others: behind another jump host, a host of the same address is another. */
  readonly name: string;
  /** Bytes to and from the host; of a socket, they may have to wait until it is connected. */
  open(to: Pick<Jump, 'host' | 'port'>): Promise<Duplex>;
  /** To be called when what was opened has ended. */
  leave(): Promise<void>;
}

export interface Ways {
  /** @throws Unreachable where a jump host is not to be had; the message names it. */
  through(jumps: readonly Jump[]): Promise<Way>;
}

/** A jump host that is being logged in to, or was, and how many go through it. */
interface Entered {
  readonly opened: Promise<Passage>;
  users: number;
  /** The next one logs in anew. */
  readonly forget: () => void;
}

/** @param logIn how a jump host is logged in to, over a way that leads to it. */
export function newWays(logIn: (jump: Jump, way: Way) => Promise<Passage>): Ways {
  const passages = new Map<string, Entered>();

  const open = async (jumps: readonly Jump[], last: Jump): Promise<Passage> => {
    const way = await through(jumps.slice(0, -1));
    try {
      return await logIn(last, way);
    } catch (error) {
      await way.leave();
      if (!(error instanceof Unreachable)) throw error;
      throw new Unreachable(`jump host ${last.host}: ${error.message}`, { cause: error });
    }
  };

  const enter = (key: string, jumps: readonly Jump[], last: Jump): Entered => {
    const opened = open(jumps, last);
    const forget = (): void => {
      if (passages.get(key) === entered) passages.delete(key);
    };
    const entered: Entered = { opened, users: 0, forget };
    passages.set(key, entered);
    // Whoever comes after it was lost logs in anew.
    opened.then(({ client }) => client.once('close', forget), forget);
    return entered;
  };

  const through = async (jumps: readonly Jump[]): Promise<Way> => {
    const last = jumps.at(-1);
    if (last === undefined) return direct;
    const name = JSON.stringify(jumps);
    const passage = passages.get(name) ?? enter(name, jumps, last);
    passage.users += 1;
    const opened = await passage.opened;
    return {
      name,
      open: (to) => forwarded(opened.client, last, to),
      leave: async () => {
        passage.users -= 1;
        if (passage.users > 0) return;
        passage.forget();
        await opened.close();
      },
    };
  };

  return { through };
}

const direct: Way = {
  name: 'direct',
  open: ({ host, port }) =>
    Promise.resolve(
      openSocket({
        host,
        port,
        noDelay: true,
        // Of a name with several addresses, Node gives up each after 250 ms if it is not told otherwise.
        autoSelectFamilyAttemptTimeout: 1000,
      }),
    ),
  leave: () => Promise.resolve(),
};

function forwarded(
  client: Client,
  jump: Jump,
  { host, port }: Pick<Jump, 'host' | 'port'>,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string): void => {
      const places = `jump host ${jump.host} can't connect to ${withPort(host, port)}`;
      reject(new Unreachable(`${places}: ${why}`));
    };
    try {
      client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
        if (error === undefined) resolve(channel);
        else refuse(refusalOf(error));
      });
    } catch {
      // The only thing that ssh2 throws here is "Not connected".
      refuse('its connection was lost');
    }
  });
}

/** RFC 4254, section 5.1: of several reasons the first is that it is not allowed. */
function refusalOf(error: Error): string {
  if ('reason' in error && error.reason === 1) return 'it passes nothing on (AllowTcpForwarding)';
  return error.message.replace(/^\(SSH\) Channel open failure: /, '');
}

/** How long a host may take to hang up. */
const hangUpMs = 1000;

/**
 * Says goodbye, and does not wait for an answer but for its own words to be sent. A channel of a jump
 * host that was lost never says that it is closed.
 */
export function hangUp(client: Client, stream: Duplex): Promise<void> {
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
