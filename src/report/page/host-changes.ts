/** The hosts as they ended, those that need attention first, with their changes as differences. */
import type { HostOutcome, OutcomeKind } from '../../model/outcome';
import { counted } from '../counted';
import type { DifferenceLine } from '../difference';
import { type Detail, type HostBlock, hostBlocks, type ToldChange } from '../host-blocks';
import { ignoredText } from '../ignored';
import { type Markup, markup, nothing } from './markup';
import { names } from './names';
import { badge, type State } from './state';

const stateOf: Readonly<Record<OutcomeKind, State>> = {
  unchanged: 'pass',
  changed: 'pass',
  pending: 'warn',
  diverged: 'fail',
  failed: 'fail',
  unreachable: 'fail',
};

export function outcomeState({ outcome, ignored = [] }: HostOutcome): State {
  return outcome === 'unchanged' && ignored.length > 0 ? 'ignored' : stateOf[outcome];
}

export function hostChanges(
  hosts: readonly HostOutcome[],
  { isOnlyLookedAt, ...detail }: Detail & { readonly isOnlyLookedAt: boolean },
): Markup {
  return markup`${hostBlocks(hosts, detail)
    .toReversed()
    .map((block) => blockMarkup(block, detail, isOnlyLookedAt))}`;
}

function blockMarkup(
  { hosts, changes }: HostBlock,
  detail: Detail,
  isOnlyLookedAt: boolean,
): Markup {
  const [host] = hosts;
  const { outcome, error, ignored = [] } = host;
  const counting = host.changes.length;
  const word = outcome === 'unchanged' && isOnlyLookedAt ? 'looked at' : outcome;
  const each = hosts.length > 1 ? ' each' : '';
  const number = [
    ...(counting === 0 ? [] : [`${counted(counting, 'change')}${each}`]),
    ...(ignored.length === 0 ? [] : [`${counted(ignored.length, 'change')} ignored${each}`]),
  ].join(', ');
  const why = error === null ? nothing : markup`<p class="error">${error}</p>`;
  return markup`<div class="host"><div class="head">${badge(outcomeState(host), word)} <b class="who">${names(hosts.map((one) => one.host))}</b> <span class="quiet">${number}</span></div>
${why}${changes.map((change) => changeBlock(change, detail))}</div>
`;
}

function changeBlock({ change, lines, ownLines, by }: ToldChange, { commands }: Detail): Markup {
  const { role, summary, reason } = change;
  const why = reason === undefined ? nothing : markup` <span class="quiet">(${reason})</span>`;
  const note =
    by.length === 0 ? nothing : markup`<p class="quiet">${badge('ignored')} ${ignoredText(by)}</p>`;
  const own =
    ownLines === 0
      ? nothing
      : markup`<p class="quiet">… and up to ${counted(ownLines, 'more line')}, not the same on each host</p>`;
  const run = commands
    ? markup`<pre class="commands">${change.commands.map(({ text }) => `$ ${text}\n`)}</pre>`
    : nothing;
  return markup`<div class="change"><span class="role">${role}</span> ${summary}${why}${note}${differenceLines(lines)}${own}${run}</div>
`;
}

function differenceLines(lines: readonly DifferenceLine[]): Markup {
  if (lines.length === 0) return nothing;
  const shown = lines.map(({ kind, text }) => {
    switch (kind) {
      case 'added':
        return markup`<ins>+ ${text}\n</ins>`;
      case 'removed':
        return markup`<del>- ${text}\n</del>`;
      case 'kept':
        return markup`<span>  ${text}\n</span>`;
      case 'gap':
        return markup`<span class="quiet">…\n</span>`;
    }
  });
  return markup`<pre class="difference">${shown}</pre>`;
}
