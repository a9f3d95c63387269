/** The rule by which something is ignored, as reports tell of it. */
export interface IgnoredBy {
  readonly id: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day it holds, `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
}
