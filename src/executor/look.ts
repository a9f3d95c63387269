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
import type { Brake } from './brake';
import type { Exchange, Listener, Phase } from './event';
import type { Fleet, Lost } from './fleet';
import { odditiesOf } from './oddities';

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
  readonly brake: Brake;
}

/** A host whose turn came when no further one was begun. */
export interface NotBegun {
  readonly kind: 'not-begun';
  /** Why, as a clause for the operator. */
  readonly reason: string;
}

/** Asks all hosts in parallel; whoever has not answered when the brake is pulled is lost. */
export async function lookAt(
  hosts: readonly Host[],
  questionsOf: (host: Host) => readonly Script[],
  means: Means,
  phase: Phase,
): Promise<ReadonlyMap<string, Look>> {
  const { brake, fleet, timeoutMs } = means;
  const ask = async (host: Host): Promise<Look> => {
    const questions = questionsOf(host);
    const replied = await fleet.run(host, askScript(questions), timeoutMs);
    if (replied.kind === 'lost') return replied;
    const { nonce, reply, span } = replied;
    const look = readOrLose(() => {
      const sighting = readSighting(questions, nonce, reply);
      return { kind: 'seen' as const, sighting, span };
    });
    if (look.kind === 'seen') {
      const exchanges = exchangesIn(look.sighting);
      means.listen({ kind: 'host-answered', host: host.name, exchanges });
      for (const oddity of odditiesOf(host.login, look.sighting.clock, replied)) {
        means.listen({ kind: 'host-warned', host: host.name, ...oddity });
      }
    }
    return look;
  };
  const unseen = (): Lost => {
    const error = `not looked at: ${brake.reason ?? ''}`;
    return { kind: 'lost', outcome: 'failed', error };
  };
  const looks = await inPhase(phase, hosts, means, brake, (host) =>
    brake.orPulled(ask(host), unseen),
  );
  return new Map(
    [...looks].map(([host, look]) => [host, look.kind === 'not-begun' ? unseen() : look]),
  );
}

/**
 * Does one thing on many hosts, and tells the listener how it goes.
 * @param gate says why no further host is begun, once that is so.
 */
export async function inPhase<T extends { readonly kind: string }>(
  phase: Phase,
  hosts: readonly Host[],
  { fleet, listen }: Pick<Means, 'fleet' | 'listen'>,
  gate: { readonly reason: string | undefined },
  work: (host: Host) => Promise<T | Lost>,
): Promise<ReadonlyMap<string, T | Lost | NotBegun>> {
  listen({ kind: 'phase-began', phase, hosts: hosts.length });
  const results = await Promise.all(
    hosts.map((host) =>
      fleet.inTurn(async (): Promise<[string, T | Lost | NotBegun]> => {
        const { reason } = gate;
        if (reason !== undefined) return [host.name, { kind: 'not-begun', reason }];
        const result = await work(host);
        const trouble = isLost(result) ? result : undefined;
        listen({ kind: 'host-ended', phase, host: host.name, trouble });
        return [host.name, result];
      }),
    ),
  );
  listen({ kind: 'phase-ended', phase });
  return new Map(results);
}

/** What was asked, and the answers. */
export function exchangesIn({ answers }: Sighting): readonly Exchange[] {
  return [...answers].map(([asked, answer]) => ({ asked, answer }));
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
