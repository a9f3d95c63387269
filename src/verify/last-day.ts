/** How near the last day is of what somebody has allowed for a time: an exception, an ignore rule. */
import type { Finding } from '../model/check';
import { daysBetween } from '../model/day';
import { isExpired } from '../model/inventory';

/** For how many days before its end it is warned of: time enough to ask for another. */
const warningDays = 30;

export interface Allowed {
  /** `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
  readonly owner: string;
}

/** `today` is `YYYY-MM-DD`, in UTC. */
export function judgeLastDay({ expires, owner }: Allowed, today: string): Finding {
  const evidence = `its last day is ${expires}; ${owner} owns it`;
  if (isExpired({ expires }, today)) return { status: 'fail', evidence };
  const days = daysBetween(today, expires);
  if (days > warningDays) return { status: 'pass', evidence };
  const left = days === 0 ? 'today' : `in ${String(days)} day${days === 1 ? '' : 's'}`;
  return { status: 'warn', evidence: `its last day is ${expires}, ${left}; ${owner} owns it` };
}
