/** Connections: how many at once, for how long, and that none is left open. */
import {
  AnswerTooLarge,
  ConnectionLost,
  ScriptTimeout,
  Unreachable,
} from '../../src/connection/connection';
import { fleetOf, installRole, throws } from './fake-fleet';

describe('connections', () => {
  it.each([1, 2])('are busy on %i hosts at once and no more', async (forks) => {
    const { network, run } = fleetOf({ forks, roles: installRole });
    await run();
    expect(network.mostBusy).toBe(forks);
  });

  it('are one a host for the whole run, and closed at its end', async () => {
    const { fleet, host, network, run } = fleetOf({ roles: installRole });
    await run();
    expect(network.opened).toBe(3);
    expect(host('a').jobs).toHaveLength(2);
    expect(network.closed).toBe(0);
    await fleet.close();
    expect(network.closed).toBe(3);
  });

  it.each<[string, Error]>([
    ['a script without an end', new ScriptTimeout('no end')],
    ['a flood', new AnswerTooLarge('too much')],
    ['a loss', new ConnectionLost('lost')],
    ['a bug', new TypeError('x is not a function')],
  ])('are closed after %s too', async (_, error) => {
    const { fleet, host, look, network } = fleetOf();
    host('b').troubles.push(throws(error));
    await look().catch(() => undefined);
    await fleet.close();
    expect(network.closed).toBe(network.opened);
  });

  it('that never opened are closed without a word', async () => {
    const { fleet, host, look } = fleetOf();
    host('b').noConnection = new Unreachable('no route');
    await look();
    await expect(fleet.close()).resolves.toBeUndefined();
  });
});
