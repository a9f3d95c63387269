/** The hosts as they ended, those that need attention first, with their changes as differences. */
import type { PlannedChange } from '../../model/change';
import type { Group } from '../../model/grouping';
import type { HostOutcome, OutcomeKind } from '../../model/outcome';
import { counted } from '../counted';
import { differenceOf } from '../difference';
import { hostGroups } from '../host-groups';
import { type Markup, markup, nothing } from './markup';
import { names } from './names';
import { badge, type State } from './state';

/** What of a change is shown. */
export interface ShownChange {
  readonly diff: boolean;
  readonly commands: boolean;
}

const stateOf: Readonly<Record<OutcomeKind, State>> = {
  unchanged: 'pass',
  changed: 'pass',
  pending: 'warn',
  diverged: 'fail',
  failed: 'fail',
  unreachable: 'fail',
};

export function outcomeState({ outcome }: HostOutcome): State {
  return stateOf[outcome];
}

export function hostChanges(
  hosts: readonly HostOutcome[],
  { isOnlyLookedAt, ...shown }: ShownChange & { readonly isOnlyLookedAt: boolean },
): Markup {
  return markup`${hostGroups(hosts)
    .toReversed()
    .map((group) => groupBlock(group, shown, isOnlyLookedAt))}`;
}

function groupBlock(
  group: Group<HostOutcome>,
  shown: ShownChange,
  isOnlyLookedAt: boolean,
): Markup {
  const [host] = group;
  const { outcome, error, changes } = host;
  const word = outcome === 'unchanged' && isOnlyLookedAt ? 'looked at' : outcome;
  const each = group.length > 1 ? ' each' : '';
  const number = changes.length === 0 ? '' : `${counted(changes.length, 'change')}${each}`;
  const why = error === null ? nothing : markup`<p class="error">${error}</p>`;
  return markup`<div class="host"><div class="head">${badge(outcomeState(host), word)} <b class="who">${names(group.map((one) => one.host))}</b> <span class="quiet">${number}</span></div>
${why}${changes.map((change) => changeBlock(change, shown))}</div>
`;
}

function changeBlock(change: PlannedChange, { diff, commands }: ShownChange): Markup {
  const { role, summary, reason } = change;
  const why = reason === undefined ? nothing : markup` <span class="quiet">(${reason})</span>`;
  const lines = diff ? differenceLines(change) : nothing;
  const run = commands
    ? markup`<pre class="commands">${change.commands.map(({ text }) => `$ ${text}\n`)}</pre>`
    : nothing;
  return markup`<div class="change"><span class="role">${role}</span> ${summary}${why}${lines}${run}</div>
`;
}

function differenceLines(change: PlannedChange): Markup {
  const lines = differenceOf(change);
  if (lines.length === 0) return nothing;
  const shown = lines.map(({ kind, text }) => {
    switch (kind) {
      case 'added':
        return markup`<ins>+ ${text}</ins>\n`;
      case 'removed':
        return markup`<del>- ${text}</del>\n`;
      case 'kept':
        return markup`  ${text}\n`;
      case 'gap':
        return markup`<span class="quiet">…</span>\n`;
    }
  });
  return markup`<pre class="difference">${shown}</pre>`;
}
