/** What an executor says while it works, for whoever shows it. */

/** What the fleet is busy with. */
export type Phase = 'gather' | 'push' | 'verify';

export type Event =
  | { readonly kind: 'phase-began'; readonly phase: Phase; readonly hosts: number }
  | {
      readonly kind: 'host-ended';
      readonly phase: Phase;
      readonly host: string;
      /** Null where it went well. */
      readonly error: string | null;
    }
  | { readonly kind: 'phase-ended'; readonly phase: Phase };

export type Listener = (event: Event) => void;
