/** The run in a few numbers. */
import { daysBetween } from '../../model/day';
import type { Drifting } from '../../model/drifting';
import type { RunOutcome } from '../../model/outcome';
import { counted, thousands } from '../counted';
import { type Markup, markup } from './markup';
import type { Pairs } from './pairs';
import { stateCounts } from './state';

export function tiles(run: RunOutcome, pairs: Pairs, today: string): Markup {
  const { hosts, checks, exposures, problems, command } = run;
  if (problems.length > 0) return markup``;
  const kinds = new Map<string, number>();
  for (const { outcome } of hosts) {
    const word = command === 'verify' && outcome === 'unchanged' ? 'looked at' : outcome;
    kinds.set(word, (kinds.get(word) ?? 0) + 1);
  }
  const changes = hosts.flatMap((host) => host.changes).length;
  const holding = pairs.all.filter(({ state }) => state === 'pass').length;
  const ends = exposures?.flatMap(({ expires }) => expires ?? []).toSorted() ?? [];
  const all: readonly (readonly [string, string])[] = [
    ...newsOf(run),
    [
      thousands(hosts.length),
      `hosts: ${[...kinds].map(([kind, number]) => `${thousands(number)} ${kind}`).join(', ') || 'none'}`,
    ],
    ...(command === 'verify' ? [] : [[thousands(changes), 'changes'] as const]),
    [
      checks.length === 0 ? '—' : thousands(checks.length),
      checks.length === 0
        ? 'checks: none was made'
        : `checks: ${stateCounts(checks.map(({ status }) => status))}`,
    ],
    ...(pairs.all.every(({ state }) => state === 'none')
      ? []
      : [
          [
            `${thousands(holding)} / ${thousands(pairs.all.length)}`,
            'pairs that may talk, and do',
          ] as const,
        ]),
    ...(exposures === undefined
      ? []
      : [[thousands(exposures.length), `public ports; ${endText(ends[0], today)}`] as const]),
  ];
  return markup`<dl class="tiles">${all.map(([number, text]) => markup`<div><dt>${text}</dt><dd>${number}</dd></div>`)}</dl>`;
}

function newsOf({ drifting = [] }: RunOutcome): readonly (readonly [string, string])[] {
  if (drifting.length === 0) return [];
  const of = (kind: Drifting['state']) =>
    thousands(drifting.filter(({ state }) => state === kind).length);
  return [[of('new'), `new since the last run; ${of('known')} known, ${of('resolved')} resolved`]];
}

function endText(soonest: string | undefined, today: string): string {
  if (soonest === undefined) return 'no exception';
  return `the first exception ends in ${counted(daysBetween(today, soonest), 'day')}`;
}
