/** Whoever tells a person how a run goes on. */
import type { Listener } from '../executor/event';

export type Say = (message: string) => void;

export interface Narrator {
  readonly listen: Listener;
  /** Says something that will stand. */
  readonly say: Say;
  /** Says nothing of what comes after it. */
  close(): Promise<void>;
}
