/** Going back to what there was before the last push, once. */
import { Unreachable } from '../../src/connection/connection';
import { goBack, lookBack } from '../../src/executor/rollback';
import { fleetOf, outcomeOf, outcomes } from './fake-fleet';

const config = 'etc/wireguard/wg0.conf';

it('goes back on the hosts that have been pushed to, and has nothing to go back to then', async () => {
  const { assignment, host, means, run } = fleetOf();
  host('c').noConnection = new Unreachable('no route');
  await run();
  const { hosts } = assignment;
  const before = await lookBack(hosts, means);
  expect(outcomes(before.outcomes)).toEqual({ a: 'pending', b: 'pending', c: 'unreachable' });
  const [change] = outcomeOf(before.outcomes, 'a').changes;
  expect(change?.summary).toMatch(
    /^go back to what there was at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/,
  );
  expect(change?.after).toContain(`${host('a').path(config)}\n`);

  const after = await goBack(hosts, before, means);
  expect(outcomes(after)).toEqual({ a: 'changed', b: 'changed', c: 'unreachable' });
  expect(Object.keys(host('a').files())).not.toContain(config);
  expect(Object.keys(host('a').files())).toContain('etc/wireguard/wg0.key');

  const again = await lookBack(hosts, means);
  expect(outcomes(again.outcomes)).toEqual({ a: 'unchanged', b: 'unchanged', c: 'unreachable' });
});

it('a host that nobody has pushed to has nothing to go back to', async () => {
  const { assignment, means } = fleetOf();
  const { outcomes: found } = await lookBack(assignment.hosts, means);
  expect(outcomes(found)).toEqual({ a: 'unchanged', b: 'unchanged', c: 'unchanged' });
});
