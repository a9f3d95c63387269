/** What an executor says while it works, for whoever shows it. */
import type { Answer } from '../facts/fact';

/** What the fleet is busy with. */
export type Phase = 'gather' | 'push' | 'verify' | 'knock';

export type Event =
  | { readonly kind: 'phase-began'; readonly phase: Phase; readonly hosts: number }
  | {
      readonly kind: 'host-ended';
      readonly phase: Phase;
      readonly host: string;
      /** Undefined where it went well. */
      readonly trouble: Trouble | undefined;
    }
  /** What a host says while it is at work, for the operator: `waits for …`. */
  | { readonly kind: 'host-noted'; readonly host: string; readonly note: string }
  /** What is odd about a host that works all the same, for the operator: `its clock is …`. */
  | {
      readonly kind: 'host-warned';
      readonly host: string;
      readonly about: 'clock' | 'login-shell';
      readonly warning: string;
    }
  /** In the order in which it was asked. */
  | {
      readonly kind: 'host-answered';
      readonly host: string;
      readonly exchanges: readonly Exchange[];
    }
  | { readonly kind: 'phase-ended'; readonly phase: Phase };

/** What a host was given to run, and what it said to that, word for word. */
export interface Exchange {
  readonly asked: string;
  readonly answer: Answer;
}

export interface Trouble {
  readonly outcome: 'unreachable' | 'failed';
  /** For the operator. */
  readonly error: string;
}

export type Listener = (event: Event) => void;
