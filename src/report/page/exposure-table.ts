/** What is public, why, who answers for it, and until when. */
import { daysBetween } from '../../model/day';
import type { Exposure } from '../../model/exposure';
import { groupedBy } from '../../model/grouping';
import { type Markup, markup } from './markup';
import { names } from './names';
import { badge } from './state';

/** So many days before its end an exception is marked; `validate` warns of it as early. */
const soon = 30;

/** `today` is `YYYY-MM-DD`, in UTC. */
export function exposureTable(exposures: readonly Exposure[], today: string): Markup {
  const groups = groupedBy(exposures, (each) => JSON.stringify({ ...each, host: '' }));
  const rows = groups.map((group) => {
    const [{ protocol, ports, sources, by, reason, owner, approvedBy, expires }] = group;
    return markup`<tr><th scope="row">${ports}/${protocol}<td>${sources.join(', ')}<td>${names(group.map(({ host }) => host))}<td>${by}<td>${reason}<td>${owner ?? 'platform operations'}<td>${approvedBy ?? '—'}<td>${expires ?? 'no end'}<td>${left(expires, today)}
`;
  });
  return markup`<div class="scroll" role="region" aria-label="Exposure" tabindex="0">
<table class="list"><caption>What hosts let in from the public, as declared. That nothing else comes in is SC-2 and INV-1.</caption>
<thead><tr>${['Port', 'Sources', 'Hosts', 'By', 'Why', 'Owner', 'Approved by', 'Until', 'Days left'].map((title) => markup`<th scope="col">${title}`)}</thead>
<tbody>
${rows}</tbody></table>
</div>`;
}

function left(expires: string | null, today: string): Markup {
  if (expires === null) return markup`—`;
  const days = daysBetween(today, expires);
  return days > soon ? markup`${days}` : badge('warn', String(days));
}
