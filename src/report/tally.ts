/** How many hosts ended in each way. */
import type { HostOutcome, OutcomeKind } from '../model/outcome';

export type Tally = { readonly hosts: number } & Readonly<Record<OutcomeKind, number>>;

export function tally(hosts: readonly HostOutcome[]): Tally {
  const of = (kind: OutcomeKind) => hosts.filter((host) => host.outcome === kind).length;
  return {
    hosts: hosts.length,
    unchanged: of('unchanged'),
    pending: of('pending'),
    changed: of('changed'),
    failed: of('failed'),
    diverged: of('diverged'),
    unreachable: of('unreachable'),
  };
}
