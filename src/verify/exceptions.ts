/** The life of the exceptions: one that has expired admits nobody, and is to be cleared away. */
import type { Check } from '../model/check';
import { daysBetween } from '../model/day';
import { type Exception, type Inventory, isExpired } from '../model/inventory';

/** For how many days before its end an exception is warned of: time enough to ask for another. */
const warningDays = 30;

/** `today` is `YYYY-MM-DD`, in UTC. */
export function judgeExceptions(inventory: Inventory, today: string): readonly Check[] {
  return inventory.exceptions.flatMap((exception) =>
    exception.hosts.map((host): Check => ({
      id: 'INV-1',
      host,
      title: `exception ${exception.id} (${exception.reason}) of ${host} has not expired`,
      ...judge(exception, today),
    })),
  );
}

function judge(exception: Exception, today: string): Pick<Check, 'status' | 'evidence'> {
  const { expires, owner } = exception;
  const evidence = `its last day is ${expires}; ${owner} owns it`;
  if (isExpired(exception, today)) return { status: 'fail', evidence };
  const days = daysBetween(today, expires);
  if (days > warningDays) return { status: 'pass', evidence };
  const left = days === 0 ? 'today' : `in ${String(days)} day${days === 1 ? '' : 's'}`;
  return { status: 'warn', evidence: `its last day is ${expires}, ${left}; ${owner} owns it` };
}
