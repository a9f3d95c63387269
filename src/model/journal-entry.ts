/** A run that talked to hosts, as the journal keeps it. */
import type { OutcomeKind } from './outcome';

/** No secrets and no differences: it may be kept for years and read by many. */
export interface JournalEntry {
  /** ISO 8601, UTC: when the run began. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** `user@controller`. */
  readonly by: string;
  readonly command: string;
  /** The options that say what was to be done, as far as they were given. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly inventory: string;
  readonly revision: Revision;
  readonly exitCode: number;
  /** The names of the hosts by how it ended for them. */
  readonly hosts: Readonly<Partial<Record<OutcomeKind, readonly string[]>>>;
  /** How many checks do not hold. */
  readonly failedChecks: number;
  /** Why it began no further host. */
  readonly stopped?: string;
  /** Why the run ended before it could tell of hosts. */
  readonly error?: string;
}

/** Which inventory it was. */
export interface Revision {
  /** Of its files, names and contents: equal files, equal digest. sha256 in hexadecimal. */
  readonly digest: string;
  /** Of git; null where it is in no checkout. */
  readonly commit: string | null;
  /** Were there files of it that were not as committed? */
  readonly isDirty: boolean;
}
