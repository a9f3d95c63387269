/** Hosts that have the same to say, together: two hundred hosts still read well. */
import { type Group, groupedBy } from '../model/grouping';
import type { HostOutcome, OutcomeKind } from '../model/outcome';

/** From the one that needs least attention to the one that needs most. */
const order: readonly OutcomeKind[] = [
  'unchanged',
  'changed',
  'pending',
  'diverged',
  'failed',
  'unreachable',
];

/** Quiet ones first. */
export function hostGroups(hosts: readonly HostOutcome[]): readonly Group<HostOutcome>[] {
  const groups = groupedBy(hosts, ({ outcome, error, changes }) =>
    JSON.stringify([outcome, error, changes]),
  );
  return groups.toSorted(
    ([one], [other]) => order.indexOf(one.outcome) - order.indexOf(other.outcome),
  );
}
