/** Gather: asks hosts their questions, one script and one answer each. */
import {
  type Answers,
  askScript,
  GarbledReply,
  readSighting,
  type Sighting,
} from '../facts/questionnaire';
import type { Span } from '../model/clock';
import type { Host } from '../model/host';
import type { Script } from '../model/shell';
import type { Listener, Phase } from './event';
import type { Fleet, Lost } from './fleet';

/** What became of asking a host. */
export type Look =
  | {
      readonly kind: 'seen';
      readonly sighting: Sighting;
      /** When it was asked; undefined: it told of itself at the end of a push. */
      readonly span: Span | undefined;
    }
  | Lost;

/** What a look needs; every part of it is the run's. */
export interface Means {
  readonly fleet: Fleet;
  /** Of one script, on the host. */
  readonly timeoutMs: number;
  /** How long a push may stay unconfirmed before its host goes back. */
  readonly confirmMs: number;
  /** How long a host that has to go back may be silent: more than `confirmMs`. */
  readonly patienceMs: number;
  /** Who runs this, for others who come to the same hosts: `alice@laptop, process 4242`. One line. */
  readonly by: string;
  readonly listen: Listener;
}

/** Asks all hosts in parallel. */
export async function lookAt(
  hosts: readonly Host[],
  questionsOf: (host: Host) => readonly Script[],
  { fleet, timeoutMs, listen }: Means,
  phase: Phase,
): Promise<ReadonlyMap<string, Look>> {
  return inPhase(phase, hosts, listen, async (host) => {
    const questions = questionsOf(host);
    const replied = await fleet.run(host, askScript(questions), timeoutMs);
    if (replied.kind === 'lost') return replied;
    return readOrLose(() => ({
      kind: 'seen',
      sighting: readSighting(questions, replied.nonce, replied.reply),
      span: replied.span,
    }));
  });
}

/** Does one thing on many hosts, and tells the listener how it goes. */
export async function inPhase<T extends { readonly kind: string }>(
  phase: Phase,
  hosts: readonly Host[],
  listen: Listener,
  work: (host: Host) => Promise<T | Lost>,
): Promise<ReadonlyMap<string, T | Lost>> {
  listen({ kind: 'phase-began', phase, hosts: hosts.length });
  const results = await Promise.all(
    hosts.map(async (host): Promise<[string, T | Lost]> => {
      const result = await work(host);
      const trouble = isLost(result) ? result : undefined;
      listen({ kind: 'host-ended', phase, host: host.name, trouble });
      return [host.name, result];
    }),
  );
  listen({ kind: 'phase-ended', phase });
  return new Map(results);
}

/** The answers of the hosts that gave some. */
export function answersOf(looks: ReadonlyMap<string, Look>): ReadonlyMap<string, Answers> {
  return new Map(
    [...looks].flatMap(([host, look]): [string, Answers][] =>
      look.kind === 'seen' ? [[host, look.sighting.answers]] : [],
    ),
  );
}

/** A reply that cannot be read is that host's failure. */
export function readOrLose<T>(read: () => T): T | Lost {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GarbledReply)) throw error;
    return { kind: 'lost', outcome: 'failed', error: error.message };
  }
}

function isLost(result: { readonly kind: string }): result is Lost {
  return result.kind === 'lost';
}
