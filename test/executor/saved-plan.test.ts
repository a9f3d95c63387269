/** Saved plans: a later apply does what was planned on hosts that are as they were, and no more. */
import { writeFileSync } from 'node:fs';
import { apply } from '../../src/executor/application';
import { type Inspection } from '../../src/executor/inspection';
import { heldTo, plannedChanges, plannedHosts } from '../../src/executor/saved-plan';
import type { PlannedHost } from '../../src/model/saved-plan';
import { fleetOf, outcomeOf, outcomes } from './fake-fleet';

type FakeFleet = ReturnType<typeof fleetOf>;

/** Looks once more, and applies what is left of the plan. */
async function applied(fleet: FakeFleet, planned: readonly PlannedHost[], only = fleet.assignment) {
  const held = heldTo(planned, await fleet.look(only));
  const run = await apply({ ...only, planned: plannedChanges(held) }, held, fleet.means, () =>
    Promise.resolve(),
  );
  return { held, run };
}

const plan = async (fleet: FakeFleet): Promise<readonly PlannedHost[]> =>
  plannedHosts(await fleet.look());

it('bare hosts are made a mesh as it was planned, though their keys were not known then', async () => {
  const fleet = fleetOf();
  const planned = await plan(fleet);
  expect(planned.map(({ outcome, changes }) => [outcome, changes.length > 2])).toEqual(
    Array(3).fill(['pending', true]),
  );
  const { run } = await applied(fleet, planned);
  expect(outcomes(run.outcomes)).toEqual({ a: 'changed', b: 'changed', c: 'changed' });
  // What is as wanted by now needs no plan.
  const again = await applied(fleet, planned, { ...fleet.assignment, wanted: run.wanted });
  expect(outcomes(again.run.outcomes)).toEqual({ a: 'unchanged', b: 'unchanged', c: 'unchanged' });
});

it('a host that was changed since is left alone, and so is what its key is needed for', async () => {
  const fleet = fleetOf();
  const planned = await plan(fleet);
  writeFileSync(fleet.host('b').path('packages/wireguard-tools'), '');
  const before = fleet.host('b').files();
  const { held, run } = await applied(fleet, planned);
  expect(outcomes(held.outcomes)).toEqual({ a: 'pending', b: 'failed', c: 'pending' });
  expect(outcomeOf(held.outcomes, 'b').error).toBe(
    'changed since the plan was made; nothing was done, plan again',
  );
  expect(fleet.host('b').files()).toEqual(before);
  // Their configuration would have no peer b, and that is not what was planned.
  for (const name of ['a', 'c']) {
    expect(outcomeOf(run.outcomes, name).error).toMatch(
      /^the plan does not have what is wanted now: /,
    );
    expect(fleet.host(name).files()['etc/wireguard/wg0.conf']).toBeUndefined();
  }
});

it('a host that was changed since costs the others nothing where they know each other', async () => {
  const fleet = fleetOf();
  const { wanted } = await fleet.run();
  const assignment = { ...fleet.assignment, wanted };
  for (const name of ['a', 'b']) {
    writeFileSync(fleet.host(name).path('etc/wireguard/wg0.conf'), '', { flag: 'a' });
    writeFileSync(fleet.host(name).path('etc/wireguard/wg0.conf'), '# by hand\n', { flag: 'a' });
  }
  const planned = plannedHosts(await fleet.look(assignment));
  expect(planned.map(({ outcome }) => outcome)).toEqual(['pending', 'pending', 'unchanged']);
  for (const name of ['b', 'c'])
    writeFileSync(fleet.host(name).path('etc/wireguard/wg0.conf'), '# again\n', { flag: 'a' });
  const { run } = await applied(fleet, planned, assignment);
  expect(outcomes(run.outcomes)).toEqual({ a: 'changed', b: 'failed', c: 'failed' });
  expect(fleet.host('b').files()['etc/wireguard/wg0.conf']).toContain('# again');
});

it.each<[string, (planned: readonly PlannedHost[]) => readonly PlannedHost[], RegExp]>([
  ['is not in it', (planned) => planned.slice(1), /^it is not in the plan; /],
  [
    'was not reached then',
    ([first, ...others]) =>
      first === undefined
        ? []
        : [{ ...first, outcome: 'unreachable', state: null, changes: [] }, ...others],
    /^it was unreachable when the plan was made; /,
  ],
  [
    'would be changed in another way',
    ([first, ...others]) =>
      first === undefined ? [] : [{ ...first, changes: first.changes.slice(1) }, ...others],
    /^what is wanted has changed since the plan was made: install wireguard-tools; /,
  ],
  [
    'would be changed less',
    ([first, ...others]) => {
      const [change] = first?.changes ?? [];
      if (first === undefined || change === undefined) return [];
      const more = { ...change, signature: '0'.repeat(64) };
      return [{ ...first, changes: [...first.changes, more] }, ...others];
    },
    /^something that was planned is not wanted any more; /,
  ],
])('a host that %s is refused', async (_, changed, why) => {
  const fleet = fleetOf();
  const held: Inspection = heldTo(changed(await plan(fleet)), await fleet.look());
  expect(outcomes(held.outcomes)).toEqual({ a: 'failed', b: 'pending', c: 'pending' });
  expect(outcomeOf(held.outcomes, 'a')).toMatchObject({
    changes: [],
    error: expect.stringMatching(why) as string,
  });
});
