/**
 * A rollout: in which batches the hosts of a run are changed, and how many of them may fail before no
 * further one is begun.
 *
 * Both are Ansible's (`serial`, `max_fail_percentage`), with two differences that make the first
 * batch a canary: batches are made of the hosts that have something to change, and one must end well
 * before the next begins, unless it is said how many may fail.
 */
import type { Brake } from './brake';

/** A number of hosts, or that many percent of the hosts of the run. */
export interface Share {
  readonly number: number;
  readonly isPercentage: boolean;
}

export interface RolloutOptions {
  /** The sizes of the batches, the last one repeated; none: all hosts at once. */
  readonly serial: readonly Share[];
  /** How many hosts may fail; undefined: none with batches, else all. */
  readonly maxFail: Share | undefined;
}

export const allAtOnce: RolloutOptions = { serial: [], maxFail: undefined };

/**
 * @param hosts those to change, in their order.
 * @param total how many hosts the run has.
 * @returns batches of at least one host; of a percentage as much as fits, as Ansible has it.
 */
export function batchesOf<T>(
  hosts: readonly T[],
  serial: readonly Share[],
  total: number,
): readonly (readonly T[])[] {
  const batches: T[][] = [];
  for (let from = 0; from < hosts.length;) {
    const share = serial[Math.min(batches.length, serial.length - 1)];
    const size = share === undefined ? hosts.length : Math.max(1, Math.floor(of(share, total)));
    batches.push(hosts.slice(from, from + size));
    from += size;
  }
  return batches;
}

/** `10%`, `3`. */
export function shareText({ number, isPercentage }: Share): string {
  return `${String(number)}${isPercentage ? '%' : ''}`;
}

/** A host as the gate sees it. */
interface Entrant {
  readonly host: { readonly name: string };
  /** Undefined as long as all goes well. */
  readonly failure: unknown;
}

/** May another host be begun? Not when more have failed on the way than may, nor by a pulled brake. */
export class Gate {
  readonly #total: number;
  /** Whoever could not be reached, or was not to be touched, before anybody was. */
  readonly #lostBefore: ReadonlySet<string>;
  readonly #failed = new Set<string>();

  constructor(
    private readonly brake: Brake,
    private readonly options: RolloutOptions,
    hosts: readonly Entrant[],
  ) {
    this.#total = hosts.length;
    this.#lostBefore = new Set(failedOf(hosts));
  }

  fail(hosts: readonly string[]): void {
    for (const host of hosts) if (!this.#lostBefore.has(host)) this.#failed.add(host);
  }

  /** Takes note of the failures among them. */
  see(hosts: readonly Entrant[]): void {
    this.fail(failedOf(hosts));
  }

  /** Why not, as a clause for the operator; undefined: it may. */
  get reason(): string | undefined {
    return this.brake.reason ?? this.#tooMany();
  }

  #tooMany(): string | undefined {
    const { serial, maxFail } = this.options;
    const most = maxFail ?? (serial.length > 0 ? none : undefined);
    if (most === undefined || this.#failed.size <= of(most, this.#total)) return undefined;
    const names = [...this.#failed];
    const who = names.length > 3 ? `${String(names.length)} hosts` : names.join(', ');
    const allowed = maxFail === undefined ? '' : `, and --max-fail is ${shareText(maxFail)}`;
    return `${who} did not end well${allowed}`;
  }
}

const none: Share = { number: 0, isPercentage: false };

function failedOf(hosts: readonly Entrant[]): readonly string[] {
  return hosts.flatMap(({ host, failure }) => (failure === undefined ? [] : host.name));
}

function of({ number, isPercentage }: Share, total: number): number {
  return isPercentage ? (number / 100) * total : number;
}
