/** One thing that was looked at on the live fleet, and how it held. */

/** What a check serves: the RFC's success criteria and invariants. */
export type CheckId = 'SC-1' | 'SC-2' | 'SC-3' | 'INV-1' | 'INV-2' | 'INV-3';

export interface Check {
  readonly id: CheckId;
  readonly host: string;
  /** What was to hold, as a statement. */
  readonly title: string;
  /** `skip`: it could not be looked at, and the evidence says why. */
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  /** What was seen. */
  readonly evidence: string;
}
