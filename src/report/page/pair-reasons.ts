/** Why pairs do not hold, for whoever has no pointer to hover with: pairs with one reason together. */
import { type Group, groupedBy } from '../../model/grouping';
import { counted } from '../counted';
import { listTable } from './list-table';
import { type Markup, markup, nothing } from './markup';
import { names } from './names';
import { reasonsOf } from './pair-matrix';
import type { Pair, Pairs } from './pairs';
import { badge, states } from './state';

/** More rows than this nobody reads; the matrix and `--format json` have all. */
const mostRows = 200;

export function pairReasons({ all }: Pairs): Markup {
  const told = all.filter(({ state }) => state !== 'pass' && state !== 'none');
  if (told.length === 0) return nothing;
  const groups = grouped(told).toSorted(
    ([one], [other]) => states.indexOf(one.state) - states.indexOf(other.state),
  );
  const rows = groups
    .slice(0, mostRows)
    .map((group) => [
      badge(group[0].state),
      ...[ends(group, 'from'), ends(group, 'to')],
      reasonsOf(group[0]),
    ]);
  const more = groups.length - mostRows;
  const rest =
    more > 0
      ? markup`<p>${counted(more, 'further row')}: the JSON report has them all.</p>`
      : nothing;
  const caption = 'Pairs of which something does not hold, and why';
  const heads = ['State', 'From', 'To', 'Seen'];
  return markup`${listTable({ caption, heads, rows, isHeaded: false })}${rest}`;
}

/** Those with one reason at one end: all who fail to reach a host that is down are one row. */
function grouped(pairs: readonly Pair[]): readonly Group<Pair>[] {
  const by = (end: 'from' | 'to') => (pair: Pair) => JSON.stringify([pair[end], reasonsOf(pair)]);
  const answering = groupedBy(pairs, by('to'));
  const alone = answering.flatMap((group) => (group.length === 1 ? group : []));
  return [...answering.filter((group) => group.length > 1), ...groupedBy(alone, by('from'))];
}

function ends(group: Group<Pair>, end: 'from' | 'to'): Markup {
  return names([...new Set(group.map((pair) => pair[end]))]);
}
