/** What the controller itself can see of the hosts, from outside. */
import type { Assignment } from '../executor/inspection';
import type { Check } from '../model/check';
import { doorsOf } from '../verify/isolation';
import { knockAt } from '../verify/knock';

/** A firewall that drops says nothing; a host that answers does so within a round trip or two. */
const knockTimeoutMs = 1500;

/** Are the internal services closed on public addresses? Opens TCP connections, sends nothing. */
export function probe({ wanted, hosts }: Assignment): Promise<readonly Check[]> {
  const doors = doorsOf(wanted.inventory, hosts, wanted.today);
  return knockAt(doors, { timeoutMs: knockTimeoutMs });
}
