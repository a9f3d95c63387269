/**
 * A plan that was saved, to be looked through now and applied later, by whomever.
 *
 * It holds no commands and no differences, but what those are known again by: an apply looks at the
 * hosts once more, compiles once more, and does what comes to the same. So nothing is ever run
 * because a file says so.
 */
import { createHash } from 'node:crypto';
import type { PlannedChange } from './change';
import type { OutcomeKind } from './outcome';

export const planSchema = 'wgpush/plan/v1';

export interface SavedPlan {
  readonly schema: typeof planSchema;
  /** `wgpush 0.1.0`. */
  readonly madeBy: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** `alice@laptop`. */
  readonly operator: string;
  readonly inventory: PlannedInventory;
  /** Those that the plan was made for, in the order of the inventory. */
  readonly hosts: readonly PlannedHost[];
  /** SHA-256 of all that stands before it. */
  readonly digest: string;
}

export interface PlannedInventory {
  readonly name: string;
  /** Of git; null where it is in no checkout, or is not as committed. */
  readonly commit: string | null;
  /** SHA-256 of every file of it, the lock too, by its path in it. */
  readonly files: Readonly<Record<string, string>>;
}

export interface PlannedHost {
  readonly host: string;
  readonly outcome: Extract<OutcomeKind, 'unchanged' | 'pending' | 'failed' | 'unreachable'>;
  /** What the host was seen as: SHA-256 of what it answered; null where it was not seen. */
  readonly state: string | null;
  readonly changes: readonly {
    readonly role: string;
    readonly resource: string;
    readonly summary: string;
    /** SHA-256 of all of it, its commands too. */
    readonly signature: string;
  }[];
}

/** What a change is known again by: all that it says and does. */
export function signatureOf(change: PlannedChange): string {
  const { role, resource, summary, before, after, reason, isDeferred, commands, undo } = change;
  const all = [role, resource, summary, before, after, reason ?? null, isDeferred ?? false];
  return sha256(JSON.stringify([...all, commands, undo ?? null]));
}

/** With its digest. */
export function sealed(plan: Omit<SavedPlan, 'digest'>): SavedPlan {
  return { ...plan, digest: digestOf(plan) };
}

/** Is it as it was sealed? That holds an accident off; who forges a plan gets what wgpush compiles. */
export function isSealed({ digest, ...plan }: SavedPlan): boolean {
  return digest === digestOf(plan);
}

function digestOf(plan: Omit<SavedPlan, 'digest'>): string {
  return sha256(JSON.stringify(plan));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
