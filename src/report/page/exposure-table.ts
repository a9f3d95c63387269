/** What is public, why, who answers for it, and until when. */
import { daysBetween } from '../../model/day';
import type { Exposure } from '../../model/exposure';
import { groupedBy } from '../../model/grouping';
import { listTable } from './list-table';
import { type Markup, markup } from './markup';
import { names } from './names';
import { badge } from './state';
import { dayText } from './time';

/** So many days before its end an exception is marked; `validate` warns of it as early. */
const soon = 30;

/** `today` is `YYYY-MM-DD`, in UTC. */
export function exposureTable(exposures: readonly Exposure[], today: string): Markup {
  const groups = groupedBy(exposures, (each) => JSON.stringify({ ...each, host: '' }));
  const rows = groups.map((group) => {
    const [{ protocol, ports, sources, by, reason, owner, approvedBy, expires }] = group;
    return [
      ...[`${ports}/${protocol}`, sources.join(', '), names(group.map(({ host }) => host)), by],
      ...[reason, owner ?? 'platform operations', approvedBy ?? '—'],
      ...[expires === null ? 'no end' : dayText(expires), left(expires, today)],
    ];
  });
  return listTable({
    caption:
      'What hosts let in from the public, as declared. That nothing else comes in is SC-2 and INV-1.',
    heads: [
      ...['Port', 'Sources', 'Hosts', 'By', 'Why', 'Owner', 'Approved by', 'Until', 'Days left'],
    ],
    rows,
    isHeaded: true,
  });
}

function left(expires: string | null, today: string): Markup {
  if (expires === null) return markup`—`;
  const days = daysBetween(today, expires);
  return days > soon ? markup`${days}` : badge('warn', String(days));
}
