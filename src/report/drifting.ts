/** What is new since the last run, what is known since when, and what is no more. */
import type { Colors } from 'picocolors/types';
import type { Drifting } from '../model/drifting';
import { escaped } from '../model/secret';
import { minuteOf } from './minute';

/**
 * A block, or none. What is known is counted: it has been told. New ones are named where there are known
 * ones too; else they are all that the report shows.
 */
export function driftingText(drifting: readonly Drifting[], colors: Colors): readonly string[] {
  if (drifting.length === 0) return [];
  const of = (state: Drifting['state']) => drifting.filter((each) => each.state === state);
  const line = (mark: string, { host, title }: Drifting) => `  ${mark}  ${host}: ${escaped(title)}`;
  const known = of('known')
    .map(({ since }) => since)
    .sort();
  const counts = [
    ...(of('new').length > 0 ? [`${String(of('new').length)} new`] : []),
    ...(known.length > 0
      ? [`${String(known.length)} known, since ${minuteOf(known[0] ?? '')}`]
      : []),
    ...(of('resolved').length > 0 ? [`${String(of('resolved').length)} resolved`] : []),
  ];
  return [
    [
      `${colors.bold('since last'.padEnd(12))}  ${counts.join('; ')}`,
      ...(known.length === 0 ? [] : of('new')).map((each) => line(colors.yellow('new '), each)),
      ...of('resolved').map((each) => line(colors.green('gone'), each)),
    ].join('\n'),
  ];
}
