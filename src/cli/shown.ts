/** What a report on the live fleet shows of the inventory, beside what was found. */
import type { Assignment } from '../executor/inspection';
import { answersOf, type Look } from '../executor/look';
import { type Exposure, exposuresOf } from '../model/exposure';
import type { Handshake } from '../model/handshake';
import type { Mesh } from '../model/mesh';
import { meshIn } from '../plan/values';
import { handshakesOf } from '../verify/handshakes';

export interface Shown {
  readonly exposures: readonly Exposure[];
  readonly handshakes: readonly Handshake[];
  readonly mesh: Mesh;
}

export function shown({ wanted, hosts }: Assignment, looks: ReadonlyMap<string, Look>): Shown {
  const { inventory, today } = wanted;
  const mesh = meshIn(wanted);
  return {
    exposures: exposuresOf(hosts, inventory, today),
    handshakes: handshakesOf(answersOf(looks), inventory.network.interface, mesh),
    mesh,
  };
}
