/** Pushes that have to be confirmed: who cannot be logged in to anew goes back by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionLost, type Reply, Unreachable } from '../../src/connection/connection';
import { fleetOf, outcomeOf, outcomes, unit } from './fake-fleet';
import type { FakeHost } from './fake-hosts';

/** The second push: the configuration, after the packages and the key of the first. */
const beforeThePush = [undefined, undefined];
const config = 'etc/wireguard/wg0.conf';

/** Its network is gone once the script has run, for as long. */
function cutOff(host: FakeHost, forMs: number, end: (reply: Reply) => Reply = (reply) => reply) {
  host.troubles.push(...beforeThePush, async (run) => {
    const reply = await run();
    host.noConnection = new Unreachable('no route');
    setTimeout(() => {
      host.noConnection = undefined;
    }, forMs).unref();
    return end(reply);
  });
}

const loseIt = (): never => {
  throw new ConnectionLost('the connection ended');
};

describe('a push', () => {
  it('is confirmed over a new connection, and the old one is closed', async () => {
    const { host, network, run } = fleetOf();
    await run();
    expect(network.opened).toBe(6);
    expect(network.closed).toBe(3);
    await sleep(2500);
    expect(Object.keys(host('a').files())).toContain(config);
  });

  it('that cuts its own path is rolled back, and that is said', async () => {
    const { host, run } = fleetOf();
    cutOff(host('b'), 3000);
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'failed', c: 'changed' });
    expect(outcomeOf(found, 'b').error).toBe(
      'no new connection came about after the change: no route; rolled back',
    );
    expect(Object.keys(host('b').files())).not.toContain(config);
  });

  it('that is confirmed at the second attempt is not rolled back', async () => {
    const { host, means, run } = fleetOf();
    Object.assign(means, { confirmMs: 5000 });
    cutOff(host('b'), 300);
    expect(outcomes((await run()).outcomes)).toEqual({ a: 'changed', b: 'changed', c: 'changed' });
    expect(Object.keys(host('b').files())).toContain(config);
  });

  it('after which a host is never seen again is rolled back there all the same', async () => {
    const { host, run } = fleetOf();
    cutOff(host('b'), 60_000);
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'unreachable', c: 'changed' });
    expect(outcomeOf(found, 'b').error).toMatch(/goes back by itself, but could not be reached/);
    expect(Object.keys(host('b').files())).not.toContain(config);
  });

  it('whose end nobody saw is rolled back, though all went well', async () => {
    const { host, run } = fleetOf();
    cutOff(host('b'), 0, loseIt);
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'failed', c: 'changed' });
    expect(outcomeOf(found, 'b').error).toBe('the connection ended; rolled back');
    expect(Object.keys(host('b').files())).not.toContain(config);
  });

  it('that never began has done nothing', async () => {
    const { host, run } = fleetOf();
    host('b').troubles.push(...beforeThePush, loseIt);
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'unreachable', c: 'changed' });
    expect(outcomeOf(found, 'b').error).toBe('the connection ended; nothing was done');
  });

  it('that fails in its middle is rolled back at once', async () => {
    const { host, run } = fleetOf();
    host('b').troubles.push(...beforeThePush, (go) => {
      host('b').breakTool('systemctl', 'enable');
      return go();
    });
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'failed', c: 'changed' });
    expect(outcomeOf(found, 'b').error).toBe(
      `mesh: "start ${unit} at boot" failed with exit code 1: out of order; rolled back`,
    );
    expect(Object.keys(host('b').files())).not.toContain(config);
  });
});
