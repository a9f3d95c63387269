/**
 * A way to run a script on a host. What the executor knows of SSH is this page.
 *
 * The script travels on stdin and is run by `/bin/sh`, whatever the user's login shell is. One script at
 * a time runs on a connection (sshd's MaxSessions).
 */
import type { Login } from '../model/host';

export interface Connection {
  /**
   * Runs a script to its end, whatever its exit code.
   * @throws ConnectionLost when the connection ends before the script does: what the script had
   *   done by then is unknown.
   * @throws ScriptTimeout when the time is up; the host has ended the script, or ends it within
   *   seconds (a host that has fallen silent can't say).
   * @throws AnswerTooLarge when the answer passes its cap; the script ends when it next writes, or
   *   when its time is up. The connection can go on.
   * @throws Unreachable when the host lets us in but runs nothing for us: nothing was done.
   */
  run(job: Job): Promise<Reply>;
  /** Ends the connection. Never throws. */
  close(): Promise<void>;
}

export interface Job {
  /** POSIX sh; it may hold no secret that must not be in the host's memory. */
  readonly script: string;
  /** `$1` of the script: letters and digits, fresh for each job. */
  readonly nonce: string;
  readonly timeoutMs: number;
  /** Is given what the script writes to stderr, as it comes. */
  readonly hear?: (piece: Buffer) => void;
}

/** What came back, as bytes: text is decoded once, whole, by whoever knows the framing. */
export interface Reply {
  readonly stdout: Buffer;
  /** Of more than a mebibyte, the end. */
  readonly stderr: Buffer;
  /** Undefined when a signal ended the script. */
  readonly exitCode: number | undefined;
  /** How long the login shell took to give way to sh, in milliseconds, the way there and back included. */
  readonly loginShellMs: number;
}

/** Opens a connection. @throws Unreachable with a message for the operator. */
export type Connect = (login: Login) => Promise<Connection>;

/** The host could not be logged in to: no route, refused, timed out, wrong host key, login refused. */
export class Unreachable extends Error {
  override readonly name: string = 'Unreachable';
}

/** The connection ended in the middle of a script. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** The script did not end in time. */
export class ScriptTimeout extends Error {
  override readonly name = 'ScriptTimeout';
}

/** The answer passed the cap of 8 MiB; it is not read on. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}
