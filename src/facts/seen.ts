/**
 * What a run has seen of all its hosts, for a judgement on one of them: why a peer is silent is
 * often told by the peer.
 */
import type { Span } from '../model/clock';
import { type Fact, UnexpectedAnswer } from './fact';
import type { Answers } from './questionnaire';

export interface Seen {
  /** Hosts that the controller could not reach. */
  readonly unreached: ReadonlySet<string>;
  /**
   * What a host says to a question; `unasked` where it was not asked, or did not answer, or not
   * with what can be understood.
   */
  tells<T>(host: string, fact: Fact<T>): T | 'unasked';
  /** When the host was asked, from the first question to the last answer; undefined: not told. */
  spanOf(host: string): Span | undefined;
}

/** What one host has said, and when. */
export interface Said {
  readonly answers: Answers;
  readonly span: Span | undefined;
}

export function seenOf(said: ReadonlyMap<string, Said>, unreached: ReadonlySet<string>): Seen {
  // A thousand hosts ask what one of them has told.
  const read = new Map<string, unknown>();
  return {
    unreached,
    tells<T>(host: string, fact: Fact<T>): T | 'unasked' {
      const answer = said.get(host)?.answers.get(fact.question.text);
      if (answer === undefined) return 'unasked';
      const name = `${host} ${fact.question.text}`;
      if (!read.has(name))
        read.set(
          name,
          attempted(() => fact.parse(answer)),
        );
      // The same question is read by the same parser.
      return read.get(name) as T | 'unasked';
    },
    spanOf: (host) => said.get(host)?.span,
  };
}

function attempted<T>(read: () => T): T | 'unasked' {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnexpectedAnswer) return 'unasked';
    throw error;
  }
}
