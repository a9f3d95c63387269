/**
 * What every way to reach a host has in common: a transport, which is a connection that stands, and
 * the channels that it opens, one command each. How a script is run over them is one thing for all
 * (see script.ts).
 */
import type { Readable, Writable } from 'node:stream';

export interface Transport {
  /** HOST:PORT, for messages. */
  readonly place: string;
  /** Settles when the connection has ended, by whichever side. Never rejects. */
  readonly ended: Promise<void>;
  /** Why it ended, where that is known. */
  reason(): string | undefined;
  /**
   * Starts a command; undefined where the connection has ended.
   * @throws Unreachable where the host refuses it: nothing was run.
   */
  open(command: string): Promise<Channel | undefined>;
  /** Whether the connection still stands: what a command answered on a lost one may be cut. */
  stands(): Promise<boolean>;
  /** Ends the connection. Never throws. */
  close(): Promise<void>;
}

/** A command at work on a host. A write that fails says nothing: how the command ends does. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * How the command ended; more of its output may follow. Undefined: the channel was closed without a
   * word about it. Never rejects.
   */
  readonly exit: Promise<Exit | undefined>;
  /** Gives the command up. */
  close(): void;
}

/** One of the two is there. */
export interface Exit {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}
