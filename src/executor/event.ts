/** What an executor says while it works, for whoever shows it. */

/** What the fleet is busy with. */
export type Phase = 'gather' | 'push' | 'verify';

export type Event =
  | { readonly kind: 'phase-began'; readonly phase: Phase; readonly hosts: number }
  | {
      readonly kind: 'host-ended';
      readonly phase: Phase;
      readonly host: string;
      /** Undefined where it went well. */
      readonly trouble: Trouble | undefined;
    }
  | { readonly kind: 'phase-ended'; readonly phase: Phase };

export interface Trouble {
  readonly outcome: 'unreachable' | 'failed';
  /** For the operator. */
  readonly error: string;
}

export type Listener = (event: Event) => void;
