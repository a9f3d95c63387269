/**
 * What several doors are told by in one check is told one by one too, so that an ignore rule for one of
 * them is no excuse for another.
 */
import { withoutIgnored } from '../../src/model/ignoring';
import type { Check } from '../../src/model/check';
import { judgeCalls } from '../../src/verify/other-hosts';
import { judgeUndeclaredDoors } from '../../src/verify/undeclared-doors';
import { ip, ruleNamed } from '../model/fleet';

const told = (ports: readonly number[]) => ({
  kind: 'told' as const,
  ports: ports.map((port) => ({ port, holder: 'agent' })),
});

/** The controller is let in to all of them. */
function byController(...ports: readonly number[]): Check | undefined {
  const doors = told(ports).ports.map((each) => ({ ...each, address: '203.0.113.3' }));
  const knocked = doors.map((door) => ({ door, knock: { kind: 'open' } as const }));
  return judgeUndeclaredDoors('a', told(ports), knocked);
}

/** So is another host. */
function byOthers(...ports: readonly number[]): Check | undefined {
  const at = ip('203.0.113.3');
  const subject = {
    ...{ host: 'a', isTold: true, services: [], undeclared: told(ports), ports },
    addresses: { public: [at], lan: [] },
  };
  const call = { from: 'b', to: 'a', address: at, link: undefined, ports };
  const open = new Map(ports.map((port) => [port, { kind: 'open' as const }]));
  const answered = { call, replies: { isThere: true, ports: open } };
  return judgeCalls([subject], [], [answered], [])[0];
}

test.each([
  ['the controller', byController],
  ['another host', byOthers],
])('of the doors that let %s in, none hides behind one that is ignored', (_, judged) => {
  const rules = [ruleNamed('IG-1', { hosts: ['a'], match: '8080' })];
  const statusOf = (...ports: readonly number[]) => {
    const checks = [judged(...ports)].filter((check) => check !== undefined);
    return withoutIgnored({ hosts: [], checks }, rules).checks.map(({ status }) => status);
  };
  expect(statusOf(8080)).toEqual(['ignored']);
  expect(statusOf(8080, 9999)).toEqual(['fail']);
});
