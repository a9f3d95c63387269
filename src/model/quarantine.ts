/** How long the addresses of a host that left are kept from others. */
import { dayAfter, daysBetween } from './day';
import type { Network } from './inventory';
import type { Retired } from './lock';

/** The first day on which they may be given away, `YYYY-MM-DD`. */
export function freeFrom({ since }: Retired, { quarantineDays }: Network): string {
  return dayAfter(since, quarantineDays);
}

/** May they be given away today? */
export function isFree({ since }: Retired, { quarantineDays }: Network, today: string): boolean {
  return daysBetween(since, today) >= quarantineDays;
}
