/**
 * A fact: a question that a host can be asked, and how to read its answer.
 *
 * All facts of a host are asked before anything is installed there, so "not installed" is a value.
 * An answer that the parser does not know is an error: `wg show` exits with 1 for "no such device"
 * and for "permission denied" alike, and who takes the second for the first rebuilds a working mesh.
 */
import { ending } from '../model/secret';
import type { Script } from '../model/shell';

export interface Fact<T> {
  /** What is asked, for people: `the state of unit ufw.service`. */
  readonly title: string;
  /** Reads only. Runs in a shell of its own; what it prints on stdout is the answer. */
  readonly question: Script;
  /** @throws UnexpectedAnswer where the answer is not understood. */
  readonly parse: (answer: Answer) => T;
}

/** What a host said, word for word. */
export interface Answer {
  readonly exitCode: number;
  /** Without the line feeds at its end. */
  readonly stdout: string;
  readonly stderr: string;
}

/** A host answered what its question's parser does not know. The message is for the operator. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';

  constructor(what: string, answer: Answer) {
    const said = answer.stderr.trim() || answer.stdout.trim() || 'nothing';
    super(`${what}: exit code ${answer.exitCode}, the host said: ${ending(said, 400)}`);
  }
}

/** The answer's lines; none where it is empty. */
export function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split('\n');
}
