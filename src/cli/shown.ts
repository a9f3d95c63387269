/** What a report on the live fleet shows of the inventory, beside what was found. */
import type { Assignment } from '../executor/inspection';
import { type Exposure, exposuresOf } from '../model/exposure';
import type { Mesh } from '../model/mesh';
import { meshIn } from '../plan/values';

export interface Shown {
  readonly exposures: readonly Exposure[];
  readonly mesh: Mesh;
}

export function shown({ wanted, hosts }: Assignment): Shown {
  const { inventory, today } = wanted;
  return { exposures: exposuresOf(hosts, inventory, today), mesh: meshIn(wanted) };
}
