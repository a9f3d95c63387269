/**
 * Ctrl-C, SIGTERM and SIGHUP. While hosts are only looked at, the first ends the run at once. While
 * they are changed, it pulls the brake: no host is begun any more, those in hand are finished; a
 * second one lets go of these as well.
 *
 * Nothing else may listen for these signals: listr2, told to, would call `process.exit`.
 */
import { Brake } from '../executor/brake';
import type { Say } from './narrator';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The run was ended at once, when nothing was being changed. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(signal: string) {
    super(`interrupted by ${signal}`);
  }
}

/** What is still open when all is said must not keep the process alive for longer. */
const lingerMs = 300;

export class Interruption {
  readonly brake = new Brake();
  /** How a message is said that comes in the middle of the progress. */
  say: Say = (message) => {
    process.stderr.write(`${message}\n`);
  };
  readonly #ended: Promise<never>;
  #end: (error: Interrupted) => void = () => undefined;
  #isChanging = false;
  #signal: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#ended = new Promise((_, reject) => {
      this.#end = reject;
    });
    this.#ended.catch(() => undefined);
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  /** Pulls the brake when the time of the run is up. */
  limit(seconds: number | undefined): void {
    if (seconds === undefined) return;
    const pull = () => {
      this.brake.pull(`the time of the run, ${String(seconds)} s, was up`);
    };
    // More than that, and Node fires at once.
    this.#timer = setTimeout(pull, Math.min(seconds * 1000, 2 ** 31 - 1)).unref();
  }

  /** Work that can be dropped at any moment. @throws Interrupted */
  orEnded<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#ended]);
  }

  /** Work that changes hosts: it is told by the brake, and comes to its end. */
  async changing<T>(work: () => Promise<T>): Promise<T> {
    this.#isChanging = true;
    try {
      return await work();
    } finally {
      this.#isChanging = false;
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const signal of signals) process.off(signal, this.#onSignal);
    if (this.#signal === undefined && this.brake.reason === undefined) return;
    setTimeout(() => process.exit(), lingerMs).unref();
  }

  readonly #onSignal = (signal: string): void => {
    if (signal === 'SIGHUP') outliveTerminal();
    const isFirst = this.#signal === undefined;
    this.#signal ??= signal;
    if (!this.#isChanging) {
      this.#end(new Interrupted(signal));
    } else if (isFirst) {
      this.brake.pull(`the run was interrupted by ${signal}`);
      this.say(
        `wgpush: ${signal}: no other host is begun, and those in hand are finished; ` +
          'once more to let go of them',
      );
    } else {
      this.brake.letGo();
    }
  };
}

/** What is written to a terminal that is gone is lost, and that is no reason to let go of a host. */
function outliveTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
