/** What is new since the last run, what is known since when, and what is no more. */
import type { Colors } from 'picocolors/types';
import type { Drifting } from '../model/drifting';
import { escaped } from '../model/secret';

/** A block, or none. What is known is counted: it has been told. */
export function driftingText(drifting: readonly Drifting[], colors: Colors): readonly string[] {
  if (drifting.length === 0) return [];
  const of = (state: Drifting['state']) => drifting.filter((each) => each.state === state);
  const line = ({ host, title, since }: Drifting, end = '') =>
    `  ${host.padEnd(12)}${escaped(title)}${end === '' ? '' : colors.dim(`  (${end} ${since})`)}`;
  const known = of('known')
    .map(({ since }) => since)
    .sort();
  const counts = [
    ...(of('new').length > 0 ? [`${String(of('new').length)} new`] : []),
    ...(known.length > 0 ? [`${String(known.length)} known, since ${known[0] ?? ''}`] : []),
    ...(of('resolved').length > 0 ? [`${String(of('resolved').length)} resolved`] : []),
  ];
  return [
    [
      `${colors.bold('since last'.padEnd(12))}  ${counts.join('; ')}`,
      ...of('new').map((each) => `${colors.yellow('new')}${line(each).slice(3)}`),
      ...of('resolved').map((each) => `${colors.green('gone')}${line(each, 'since').slice(2)}`),
    ].join('\n'),
  ];
}
