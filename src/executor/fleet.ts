/**
 * The hosts of a run and the connections to them: one each, opened when first needed and kept until
 * the run is over, or until a push has to be confirmed over a new one. What goes wrong on a host is a
 * value here and no exception, so one bad host never ends the run of the others.
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
import type { Span } from '../model/clock';
import type { Host } from '../model/host';
import type { Script } from '../model/shell';
import { noteReader } from '../plan/note';

/** A host that gave no answer, or none to go by. */
export interface Lost {
  readonly kind: 'lost';
  readonly outcome: 'unreachable' | 'failed';
  /** For the operator. */
  readonly error: string;
}

export interface Replied {
  readonly kind: 'replied';
  readonly reply: Reply;
  /** While the script was at work; connecting does not count. */
  readonly span: Span;
}

/** What came of a script, and the nonce that it ran by. */
export type Ran = (Replied | Lost) & { readonly nonce: string };

interface RunOptions {
  /** Over a new connection, which takes the place of the old one. */
  readonly fresh?: boolean;
  /** Is given what the script notes, as soon as it does. */
  readonly hear?: (note: string) => void;
}

export interface Fleet {
  /** Works on one host when its turn comes: at most `forks` hosts are at work at once. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Runs a script on a host. */
  run(host: Host, script: Script, timeoutMs: number, options?: RunOptions): Promise<Ran>;
  /** Ends all connections; one that is still being opened ends by itself, and is not waited for. */
  close(): Promise<void>;
}

export function openFleet(connect: Connect, { forks }: { readonly forks: number }): Fleet {
  const connections = new Map<string, Promise<Connection>>();
  const opened = new Set<Connection>();
  const inTurn = pLimit(forks);
  let isClosed = false;

  const open = async (host: Host): Promise<Connection> => {
    const connection = await connect(host.login);
    opened.add(connection);
    if (isClosed) await end(connection);
    return connection;
  };

  const end = async (connection: Connection): Promise<void> => {
    opened.delete(connection);
    await connection.close();
  };

  const connectionTo = (host: Host): Promise<Connection> => {
    const found = connections.get(host.name) ?? open(host);
    connections.set(host.name, found);
    return found;
  };

  /** The old one ends when the new one is there, so that nothing is lost by trying. */
  const reconnect = async (host: Host): Promise<Connection> => {
    const fresh = await open(host);
    await disconnect(host.name);
    connections.set(host.name, Promise.resolve(fresh));
    return fresh;
  };

  /** A connection that went wrong may still be open, and would keep the process alive. */
  const disconnect = async (name: string): Promise<void> => {
    const opening = connections.get(name);
    connections.delete(name);
    await opening?.then(end, () => undefined);
  };

  const runOver = async (
    over: (host: Host) => Promise<Connection>,
    host: Host,
    script: Script,
    timeoutMs: number,
    hear?: (note: string) => void,
  ): Promise<Ran> => {
    const nonce = randomBytes(16).toString('hex');
    try {
      const connection = await over(host);
      const fromMs = Date.now();
      const job = { script: `${script.text}\n`, nonce, timeoutMs };
      const hearing = hear === undefined ? {} : { hear: noteReader(nonce, hear) };
      const reply = await connection.run({ ...job, ...hearing });
      return { kind: 'replied', nonce, reply, span: { fromMs, toMs: Date.now() } };
    } catch (error) {
      await disconnect(host.name);
      return { ...lost(error), nonce };
    }
  };

  return {
    inTurn: (work) => inTurn(work),
    run: (host, script, timeoutMs, { fresh = false, hear } = {}) =>
      runOver(fresh ? reconnect : connectionTo, host, script, timeoutMs, hear),
    close: async () => {
      isClosed = true;
      await Promise.all([...opened].map(end));
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
