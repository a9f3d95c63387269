/** Numbers and percentages of hosts, as they are given on the command line. */
import type { Share } from '../executor/rollout';
import { UsageError } from './usage-error';

/** The batches of `--serial`: `1,25%,100%`. @throws UsageError */
export function serialOf(given: string | undefined): readonly Share[] {
  if (given === undefined) return [];
  return given.split(',').map((part) => {
    const share = shareIn(part.trim());
    if (share !== undefined && share.number > 0) return share;
    throw new UsageError(
      `--serial ${given}: "${part.trim()}" is no batch; give numbers of hosts or percentages above 0, such as 1,25%,100%`,
    );
  });
}

/** What `--max-fail` allows: `3`, `10%`, `0`. @throws UsageError */
export function maxFailOf(given: string | undefined): Share | undefined {
  if (given === undefined) return undefined;
  const share = shareIn(given);
  if (share !== undefined) return share;
  throw new UsageError(`--max-fail ${given}: give a number of hosts or a percentage: 0, 3, 10%`);
}

function shareIn(text: string): Share | undefined {
  const [, digits, percent] = /^(\d{1,6})(%?)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const share = { number: Number(digits), isPercentage: percent === '%' };
  return share.isPercentage && share.number > 100 ? undefined : share;
}
