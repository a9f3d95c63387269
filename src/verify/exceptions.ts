/** The life of the exceptions: one that has expired admits nobody, and is to be cleared away. */
import type { Check } from '../model/check';
import type { Inventory } from '../model/inventory';
import { judgeLastDay } from './last-day';

/** `today` is `YYYY-MM-DD`, in UTC. */
export function judgeExceptions(inventory: Inventory, today: string): readonly Check[] {
  return inventory.exceptions.flatMap((exception) =>
    exception.hosts.map((host): Check => ({
      id: 'INV-1',
      host,
      title: `exception ${exception.id} (${exception.reason}) of ${host} has not expired`,
      ...judgeLastDay(exception, today),
    })),
  );
}
