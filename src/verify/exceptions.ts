/** The life of the exceptions: one that has expired admits nobody, and is to be cleared away. */
import type { Check } from '../model/check';
import { type Inventory, isExpired } from '../model/inventory';

/** `today` is `YYYY-MM-DD`, in UTC. */
export function judgeExceptions(inventory: Inventory, today: string): readonly Check[] {
  return inventory.exceptions.flatMap((exception) =>
    exception.hosts.map((host): Check => ({
      id: 'INV-1',
      host,
      title: `exception ${exception.id} (${exception.reason}) has not expired`,
      status: isExpired(exception, today) ? 'fail' : 'pass',
      evidence: `its last day is ${exception.expires}; ${exception.owner} owns it`,
    })),
  );
}
