/** Going back to what there was before the last push, once. */
import { Unreachable } from '../../src/connection/connection';
import { goBack, lookBack } from '../../src/executor/rollback';
import type { Event } from '../../src/executor/event';
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

/** What the undo script of a host was asked, and answered, without what differs from run to run. */
function undoTold(events: readonly Event[], name: string): readonly string[] {
  return events
    .flatMap((event) =>
      event.kind === 'host-answered' && event.host === name ? event.exchanges : [],
    )
    .filter(({ asked }) => asked.startsWith('/bin/sh /var/lib/wgpush/undo/undo'))
    .map(
      ({ asked, answer }) => `${asked.split(' ')[2] ?? ''}: ${answer.stdout.split('\n')[0] ?? ''}`,
    );
}

it('tells what the hosts were asked and have answered, when a push is confirmed and when they go back', async () => {
  const { assignment, events, means, run } = fleetOf();
  await run();
  const { hosts } = assignment;
  await goBack(hosts, await lookBack(hosts, means), means);
  await lookBack(hosts, means);
  expect(undoTold(events, 'a')).toEqual([
    'confirm: confirmed',
    'show: confirmed',
    'rollback: restored',
    'show: restored',
  ]);
});

it('a host that nobody has pushed to has nothing to go back to', async () => {
  const { assignment, means } = fleetOf();
  const { outcomes: found } = await lookBack(assignment.hosts, means);
  expect(outcomes(found)).toEqual({ a: 'unchanged', b: 'unchanged', c: 'unchanged' });
});
