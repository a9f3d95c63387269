/** What the controller itself can see of the hosts, from outside. */
import type { Assignment } from '../executor/inspection';
import type { Check } from '../model/check';
import { answersOf, type Look } from '../executor/look';
import { doorsOf, judgeDoors } from '../verify/isolation';
import { knockAt } from '../verify/knock';
import { judgeUndeclaredDoors, undeclaredDoorsOf } from '../verify/undeclared-doors';

/** A firewall that drops says nothing; a host that answers does so within a round trip or two. */
const knockTimeoutMs = 1500;

/**
 * Are the internal services closed on public addresses, and all else that the hosts say they listen
 * on? Opens TCP connections, sends nothing. The first begins at once, the other when the hosts have
 * told.
 */
export function probe({ wanted, hosts }: Assignment): Probe {
  const doors = doorsOf(wanted.inventory, hosts, wanted.today);
  const knocking = knockAt(doors, { timeoutMs: knockTimeoutMs });
  return async (looks) => {
    const isReached = (host: string) => looks.get(host)?.kind === 'seen';
    const answers = answersOf(looks);
    const undeclared = hosts.map(async (host) => {
      const told = undeclaredDoorsOf(host, wanted, answers.get(host.name));
      const own = told.kind === 'told' ? told.doors : [];
      const knocked = await knockAt(own, { timeoutMs: knockTimeoutMs });
      return judgeUndeclaredDoors(
        host.name,
        told,
        knocked.map(({ knock }) => knock),
      );
    });
    return [...judgeDoors(await knocking, isReached), ...(await Promise.all(undeclared))];
  };
}

/** Judges what came of it, when the hosts have been looked at. */
export type Probe = (looks: ReadonlyMap<string, Look>) => Promise<readonly Check[]>;
