/**
 * Names on a ring, in the order of their hashes: who looks at whom, where not everybody can look at
 * everybody. Each is followed by others that have nothing to do with it, each follows equally many,
 * and when one comes or goes, only those before it get another next one.
 */
import { createHash } from 'node:crypto';

export interface Ring {
  /** The next ones after a name, which need not be on the ring itself, and is never among them. */
  after(name: string, count: number, isWanted: (name: string) => boolean): readonly string[];
}

export function ringOf(names: readonly string[]): Ring {
  const order = names
    .map((name) => ({ name, place: placeOf(name) }))
    .sort((one, other) => (one.place < other.place ? -1 : 1));
  return {
    after: (name, count, isWanted) => {
      const place = placeOf(name);
      const found = order.findIndex((each) => each.place > place);
      const start = Math.max(found, 0);
      const next: string[] = [];
      for (let step = 0; step < order.length && next.length < count; step += 1) {
        const each = order[(start + step) % order.length]?.name;
        if (each !== undefined && each !== name && isWanted(each)) next.push(each);
      }
      return next;
    },
  };
}

function placeOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
