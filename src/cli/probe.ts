/** What can be seen of the hosts from outside: from the controller, and from the hosts themselves. */
import type { Assignment } from '../executor/inspection';
import { answersOf, type Look, type Means } from '../executor/look';
import type { Check } from '../model/check';
import { doorsOf, judgeDoors } from '../verify/isolation';
import { knockAt } from '../verify/knock';
import {
  judgeUndeclaredDoors,
  undeclaredDoorsOf,
  type UndeclaredPorts,
  undeclaredPortsOf,
} from '../verify/undeclared-doors';
import { checksFromOtherHosts } from './other-hosts';

/** A firewall that drops says nothing; a host that answers does so within a round trip or two. */
const knockTimeoutMs = 1500;

/**
 * Are the internal services closed past WireGuard, and all else that the hosts say they listen on?
 * Opens TCP connections, sends nothing. The controller begins with the declared ones at once, the rest
 * is tried when the hosts have told.
 */
export function probe(assignment: Assignment, means: Means): Probe {
  const { wanted, hosts } = assignment;
  const doors = doorsOf(wanted.inventory, hosts, wanted.today);
  const knocking = knockAt(doors, { timeoutMs: knockTimeoutMs });
  return async (looks) => {
    const isReached = (host: string) => looks.get(host)?.kind === 'seen';
    const answers = answersOf(looks);
    const undeclared = new Map(
      hosts.map((host) => [host.name, undeclaredPortsOf(host, wanted, answers.get(host.name))]),
    );
    const [knocked, fromController, fromHosts] = await Promise.all([
      knocking,
      undeclaredFromController(assignment, undeclared),
      checksFromOtherHosts(assignment, means, answers, undeclared),
    ]);
    return [...judgeDoors(knocked, isReached), ...fromController, ...fromHosts];
  };
}

/** Judges what came of it, when the hosts have been looked at. */
export type Probe = (looks: ReadonlyMap<string, Look>) => Promise<readonly Check[]>;

function undeclaredFromController(
  { wanted, hosts }: Assignment,
  undeclared: ReadonlyMap<string, UndeclaredPorts>,
): Promise<readonly Check[]> {
  return Promise.all(
    hosts.map(async (host) => {
      const told = undeclared.get(host.name) ?? { kind: 'untold', why: 'it was not asked' };
      const ports = told.kind === 'told' ? told.ports : [];
      const own = undeclaredDoorsOf(host, wanted.inventory, ports);
      const knocked = await knockAt(own, { timeoutMs: knockTimeoutMs });
      return judgeUndeclaredDoors(host.name, told, knocked);
    }),
  );
}
