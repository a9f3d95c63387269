/** What the controller itself can see of the hosts, from outside. */
import type { Assignment } from '../executor/inspection';
import type { Check } from '../model/check';
import type { Look } from '../executor/look';
import { doorsOf, judgeDoors } from '../verify/isolation';
import { knockAt } from '../verify/knock';

/** A firewall that drops says nothing; a host that answers does so within a round trip or two. */
const knockTimeoutMs = 1500;

/**
 * Are the internal services closed on public addresses? Opens TCP connections, sends nothing; begins
 * at once, and is judged when it is known which hosts could be reached.
 */
export function probe({ wanted, hosts }: Assignment): Probe {
  const doors = doorsOf(wanted.inventory, hosts, wanted.today);
  const knocking = knockAt(doors, { timeoutMs: knockTimeoutMs });
  return async (looks) => {
    const isReached = (host: string) => looks.get(host)?.kind === 'seen';
    return judgeDoors(await knocking, isReached);
  };
}

/** Judges what came of it, when the hosts have been looked at. */
export type Probe = (looks: ReadonlyMap<string, Look>) => Promise<readonly Check[]>;
