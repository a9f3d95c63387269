/** How many hosts ended in each way, and how much of what was found does not count. */
import type { HostOutcome, OutcomeKind, RunOutcome } from '../model/outcome';

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

/** Changes and checks that rules ignore. */
export function ignoredCount({ hosts, checks }: Pick<RunOutcome, 'hosts' | 'checks'>): number {
  const changes = hosts.flatMap(({ ignored = [] }) => ignored);
  return changes.length + checks.filter(({ status }) => status === 'ignored').length;
}
