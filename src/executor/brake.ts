/**
 * The brake of a run: once it is pulled, no host is begun any more, what is only looked at is let be,
 * and hosts that are being changed are finished or go back. Who is in a hurry lets go of these as
 * well, and leaves them to what guards their pushes.
 */
export class Brake {
  readonly #pulled = new AbortController();
  readonly #pulling: Promise<void>;
  readonly #lettingGo: Promise<void>;
  #letGo: () => void = () => undefined;
  #reason: string | undefined;

  constructor() {
    this.#pulling = new Promise((resolve) => {
      this.pulled.addEventListener('abort', () => {
        resolve();
      });
    });
    this.#lettingGo = new Promise((resolve) => {
      this.#letGo = resolve;
    });
  }

  /** Why no further host is begun, as a clause for the operator; undefined: they are. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** For a pause, which need not go on then. */
  get pulled(): AbortSignal {
    return this.#pulled.signal;
  }

  /** The first reason stands. */
  pull(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#pulled.abort();
  }

  /** To be called once it is pulled. */
  letGo(): void {
    this.#letGo();
  }

  /** What comes of some work, or of its being dropped when the brake is pulled. */
  orPulled<T>(work: Promise<T>, drop: () => T): Promise<T> {
    return Promise.race([work, this.#pulling.then(drop)]);
  }

  /** The same for work that is dropped only by who lets go. */
  orLetGo<T>(work: Promise<T>, drop: () => T): Promise<T> {
    return Promise.race([work, this.#lettingGo.then(drop)]);
  }
}
