/**
 * The hosts of a run and the connections to them: one each, opened when first needed and kept until
 * the run is over. What goes wrong on a host is a value here and no exception, so one bad host
 * never ends the run of the others.
 */
import { randomBytes } from 'node:crypto';
import pLimit from 'p-limit';
import {
  AnswerTooLarge,
  type Connect,
  type Connection,
  ConnectionLost,
  type Reply,
  ScriptTimeout,
  Unreachable,
} from '../connection/connection';
import type { Host } from '../model/host';
import type { Script } from '../model/shell';

/** A host that gave no answer, or none to go by. */
export interface Lost {
  readonly kind: 'lost';
  readonly outcome: 'unreachable' | 'failed';
  /** For the operator. */
  readonly error: string;
}

export interface Replied {
  readonly kind: 'replied';
  readonly nonce: string;
  readonly reply: Reply;
}

export interface Fleet {
  /** Runs a script on a host. At most `forks` hosts are busy at once. */
  run(host: Host, script: Script, timeoutMs: number): Promise<Replied | Lost>;
  /** Ends all connections. */
  close(): Promise<void>;
}

export function openFleet(connect: Connect, { forks }: { readonly forks: number }): Fleet {
  const connections = new Map<string, Promise<Connection>>();
  const slot = pLimit(forks);

  const connectionTo = (host: Host): Promise<Connection> => {
    const open = connections.get(host.name) ?? connect(host.login);
    connections.set(host.name, open);
    return open;
  };

  /** A connection that went wrong may still be open, and would keep the process alive. */
  const disconnect = async (name: string): Promise<void> => {
    const opening = connections.get(name);
    connections.delete(name);
    await opening?.then(
      (connection) => connection.close(),
      () => undefined,
    );
  };

  return {
    run: (host, script, timeoutMs) =>
      slot(async () => {
        const nonce = randomBytes(16).toString('hex');
        try {
          const connection = await connectionTo(host);
          const reply = await connection.run({ script: `${script.text}\n`, nonce, timeoutMs });
          return { kind: 'replied', nonce, reply };
        } catch (error) {
          await disconnect(host.name);
          return lost(error);
        }
      }),
    close: async () => {
      await Promise.all([...connections.keys()].map(disconnect));
    },
  };
}

/** @throws what is no failure of a host's. */
function lost(error: unknown): Lost {
  if (error instanceof Unreachable || error instanceof ConnectionLost) {
    return { kind: 'lost', outcome: 'unreachable', error: error.message };
  }
  if (error instanceof ScriptTimeout || error instanceof AnswerTooLarge) {
    return { kind: 'lost', outcome: 'failed', error: error.message };
  }
  throw error;
}
