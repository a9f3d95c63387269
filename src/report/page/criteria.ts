/** The checks against RFC-WG-0002: its statements, how each stands, and what was seen. */
import type { Check, CheckId } from '../../model/check';
import { groupedBy } from '../../model/grouping';
import { counted } from '../counted';
import { ignoredText } from '../ignored';
import { ofAnyHost } from './any-host';
import { listTable } from './list-table';
import { type Markup, markup, nothing } from './markup';
import { names } from './names';
import { isBetweenPeers } from './pairs';
import { badge, type State, stateCounts, states, worst } from './state';

/** In the order of the RFC, in its words. */
const statements: readonly { readonly id: CheckId; readonly text: string }[] = [
  { id: 'SC-1', text: 'All hosts reach each other by WG IP.' },
  { id: 'SC-2', text: 'Internal services are unreachable by public/LAN IP.' },
  { id: 'SC-3', text: 'Peer handshakes stay active in normal operation.' },
  {
    id: 'INV-1',
    text: 'WG-only service access: internal services are reachable only via the WireGuard interface.',
  },
  {
    id: 'INV-2',
    text: 'Stable host identity: each host has a stable WG IP that identifies it uniquely.',
  },
  {
    id: 'INV-3',
    text: 'Encrypted transport: all inter-host traffic of internal services traverses WireGuard.',
  },
];

/** `isWhole`: did every host have its say? Else what holds is known of some only. */
export interface Scope {
  readonly isWhole: boolean;
}

export function criteriaTable(checks: readonly Check[], scope: Scope): Markup {
  const rows = statements.map(({ id, text }) => {
    const own = checks.filter((check) => check.id === id).map(({ status }) => status);
    const name = own.length === 0 ? markup`${id}` : markup`<a href="#${id}">${id}</a>`;
    const counts = own.length === 0 ? 'nothing was looked at' : stateCounts(own);
    return [name, text, standing(own, scope), counts];
  });
  const caption = 'The success criteria and invariants of RFC-WG-0002';
  return listTable({
    caption,
    heads: ['Id', 'Statement', 'Stands', 'Checks'],
    rows,
    isHeaded: true,
  });
}

/** What could not be looked at does not hold: it is not known. */
function standing(own: readonly Check['status'][], { isWhole }: Scope): Markup {
  const state = worst(own);
  const known = isWhole && !own.includes('skip') ? 'holds' : 'holds where looked at';
  const where = own.includes('ignored') ? `${known}, but for what is ignored` : known;
  switch (state) {
    case 'fail':
      return badge('fail', 'does not hold');
    case 'warn':
      return badge('warn', `${where}, with warnings`);
    case 'ignored':
      return badge('ignored', own.includes('pass') ? where : 'does not hold, and is ignored');
    case 'skip':
      return badge('skip', own.includes('pass') ? where : 'could not be checked');
    case 'pass':
      return badge(isWhole ? 'pass' : 'skip', where);
    case 'none':
      return badge('none');
  }
}

/** Each identifier that was looked at, those that do not hold first. */
export function checkDetails(checks: readonly Check[], scope: Scope): Markup {
  const stateOf = (id: CheckId): number =>
    states.indexOf(worst(checks.filter((check) => check.id === id).map(({ status }) => status)));
  const looked = statements
    .filter(({ id }) => checks.some((check) => check.id === id))
    .toSorted((one, other) => stateOf(one.id) - stateOf(other.id));
  return markup`${looked.map(({ id, text }) =>
    criterion(
      id,
      text,
      checks.filter((check) => check.id === id),
      scope,
    ),
  )}`;
}

function criterion(id: CheckId, text: string, own: readonly Check[], scope: Scope): Markup {
  const between = own.filter(isBetweenPeers);
  const others = own.filter((check) => !isBetweenPeers(check));
  const told = others.filter(({ status }) => status !== 'pass');
  const held = others.filter(({ status }) => status === 'pass');
  const pairs =
    between.length === 0
      ? nothing
      : markup`<p>Between pairs: ${stateCounts(between.map(({ status }) => status))}. They are told <a href="#pairs">pair by pair</a>.</p>`;
  const failing = told.length === 0 ? nothing : checkTable(`${id}: what does not hold`, told);
  const passing =
    held.length === 0
      ? nothing
      : markup`<details><summary>${counted(held.length, 'check')} that hold${held.length === 1 ? 's' : ''}</summary>${checkTable(`${id}: what holds`, held)}</details>`;
  return markup`<section id="${id}" aria-labelledby="${id}-title"><h3 id="${id}-title">${id} <span class="quiet">${text}</span></h3>
<p>${standing(
    own.map(({ status }) => status),
    scope,
  )}</p>
${pairs}${failing}${passing}</section>
`;
}

function checkTable(caption: string, some: readonly Check[]): Markup {
  const alike = groupedBy(some, (check) =>
    JSON.stringify([check.status, check.evidence, ofAnyHost(check), check.ignored]),
  ).toSorted(([one], [other]) => order(one.status) - order(other.status));
  const rows = alike.map((group) => {
    const [first] = group;
    const hosts = [...new Set(group.map(({ host }) => host))];
    const title = hosts.length > 1 ? ofAnyHost(first) : first.title;
    return [badge(first.status), names(hosts), title, [first.evidence, ignored(first)]];
  });
  const heads = ['State', 'Host', 'Expected', 'Seen'];
  return listTable({ caption, heads, rows, isHeaded: false });
}

function ignored(check: Check): Markup {
  if (check.ignored === undefined) return nothing;
  return markup`<br><span class="quiet">${ignoredText(check.ignored.by)}</span>`;
}

function order(state: State): number {
  return states.indexOf(state);
}
