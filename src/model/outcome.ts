/** How a run ended, host by host. */
import type { PlannedChange } from './change';
import type { Check } from './check';
import type { Drifting } from './drifting';
import type { Exposure } from './exposure';
import type { Handshake } from './handshake';
import type { IgnoredBy } from './ignored-by';
import type { Mesh } from './mesh';
import type { OneSided } from './one-sided';
import type { Overview } from './overview';
import type { Problem } from './problem';

export type OutcomeKind =
  'unchanged' | 'pending' | 'changed' | 'failed' | 'diverged' | 'unreachable';

export interface HostOutcome {
  readonly host: string;
  readonly outcome: OutcomeKind;
  /** What would be done (`pending`), was done (`changed`), or is still wanted (`diverged`). */
  readonly changes: readonly PlannedChange[];
  /** What would be done too and does not count; only `drift` leaves anything out. */
  readonly ignored?: readonly IgnoredChange[];
  /** Why it failed, diverged or could not be reached, or is still `pending` after an apply; else null. */
  readonly error: string | null;
}

export interface IgnoredChange {
  readonly change: PlannedChange;
  /** The rules that name all of it. */
  readonly by: readonly IgnoredBy[];
}

export type Command = 'validate' | 'plan' | 'apply' | 'drift' | 'verify' | 'rollback' | 'status';

/** Everything a run has to say. Reports are renderings of this one value. */
export interface RunOutcome {
  readonly command: Command;
  /** The inventory's name. */
  readonly inventory: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** In the order of the inventory. */
  readonly hosts: readonly HostOutcome[];
  readonly checks: readonly Check[];
  /** What is wrong with the inventory; then nothing was asked of any host. */
  readonly problems: readonly Problem[];
  /** What the inventory declares; only `validate` tells. */
  readonly overview?: Overview;
  /** What is public on the hosts looked at, and who answers for it; `verify` and `drift` tell. */
  readonly exposures?: readonly Exposure[];
  /** The WireGuard sessions that the hosts have; only who asked for them tells. */
  readonly handshakes?: readonly Handshake[];
  /** The whole mesh, for a picture; no part of the JSON document. */
  readonly mesh?: Mesh;
  /** Why it began no further host, or did not verify them, as a clause. */
  readonly stopped?: string;
  /** Edges of the mesh that it has left one-sided; only `apply` tells, and only if there are any. */
  readonly oneSided?: OneSided;
  /** What is not as declared, against the last run; only `drift` tells. */
  readonly drifting?: readonly Drifting[];
  /** Advice that changes no exit code. */
  readonly warnings: readonly string[];
}

/**
 * 0 as wanted; 1 the inventory is invalid, or the run was stopped; 2 not as declared, found by looking; 3 a host failed or
 * diverged, or a check does not hold; 4 a host could not be reached. The highest that holds.
 */
export function exitCode(run: RunOutcome): 0 | 1 | 2 | 3 | 4 {
  if (run.problems.length > 0) return 1;
  const kinds = new Set(run.hosts.map((host) => host.outcome));
  if (kinds.has('unreachable')) return 4;
  if (kinds.has('failed') || kinds.has('diverged')) return 3;
  const checkFails = run.checks.some((check) => check.status === 'fail');
  if (checkFails && run.command !== 'drift') return 3;
  if (checkFails || kinds.has('pending')) return 2;
  return run.stopped === undefined ? 0 : 1;
}
