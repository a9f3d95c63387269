/** Rollouts: batches, how many may fail, and a brake that is pulled in the middle. */
import { rmSync, writeFileSync } from 'node:fs';
import { Unreachable } from '../../src/connection/connection';
import { Brake } from '../../src/executor/brake';
import { batchesOf, Gate, type Share } from '../../src/executor/rollout';
import {
  fleetOf,
  installRole,
  names,
  outcomeOf,
  outcomes,
  rolesWithoutChecks as roles,
} from './fake-fleet';
import type { FakeHost } from './fake-hosts';

const count = (number: number): Share => ({ number, isPercentage: false });
const percent = (number: number): Share => ({ number, isPercentage: true });
const config = 'etc/wireguard/wg0.conf';

describe('batches', () => {
  it.each<[string, readonly Share[], number, readonly number[]]>([
    ['all at once', [], 10, [10]],
    ['one and one', [count(1)], 3, [1, 1, 1]],
    ['a canary, a quarter, the rest', [count(1), percent(25), percent(100)], 10, [1, 2, 7]],
    ['the last repeated', [count(1), count(4)], 10, [1, 4, 4, 1]],
    ['of less than one host, one', [percent(1)], 3, [1, 1, 1]],
    ['more than there are', [count(50)], 3, [3]],
  ])('are %s', (_, serial, total, sizes) => {
    const hosts = Array.from({ length: total }, (_host, index) => index);
    const batches = batchesOf(hosts, serial, total);
    expect(batches.map((batch) => batch.length)).toEqual(sizes);
    expect(batches.flat()).toEqual(hosts);
  });

  it('are none of no hosts, and percentages are those of the whole run', () => {
    expect(batchesOf([], [count(1)], 5)).toEqual([]);
    expect(batchesOf(['a', 'b', 'c'], [percent(20)], 10)).toEqual([['a', 'b'], ['c']]);
  });
});

describe('the gate', () => {
  const gateOf = (serial: readonly Share[], maxFail?: Share, size = 10) => {
    const hosts = Array.from({ length: size }, (_, index) => ({
      host: { name: `h${String(index)}` },
      failure: index === 0 ? 'unreachable' : undefined,
    }));
    return new Gate(new Brake(), { serial, maxFail }, hosts);
  };

  it.each<[string, readonly Share[], Share | undefined, number]>([
    ['without batches, all', [], undefined, 9],
    ['with batches, none', [count(1)], undefined, 0],
    ['as many as it is said', [], count(2), 2],
    ['none, if that is said', [], count(0), 0],
    ['so many percent', [], percent(25), 2],
    ['with batches too, as many as it is said', [count(1)], count(1), 1],
  ])('lets fail %s', (_, serial, maxFail, most) => {
    const gate = gateOf(serial, maxFail);
    // Whoever was lost before anybody was changed does not count.
    gate.fail(['h0']);
    for (let index = 1; index <= most; index += 1) gate.fail([`h${String(index)}`]);
    expect(gate.reason).toBeUndefined();
    if (most === 9) return;
    gate.fail(['h9', 'h9']);
    expect(gate.reason).toMatch(/did not end well/);
  });

  it('names who failed, and what was given', () => {
    const gate = gateOf([], percent(10));
    gate.fail(['h1', 'h2']);
    expect(gate.reason).toBe('h1, h2 did not end well, and --max-fail is 10%');
  });
});

/** The push of the packages fails there. */
function breakInstallation(host: FakeHost): void {
  writeFileSync(host.path('no-such-package'), '');
}

describe('a rollout in batches', () => {
  it('changes them one after the other, each stage', async () => {
    const { events, run } = fleetOf({ roles });
    const { outcomes: found } = await run(undefined, { serial: [count(1)], maxFail: undefined });
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'changed', c: 'changed' });
    const pushed = events.flatMap((event) =>
      event.kind === 'host-ended' && event.phase === 'push' ? event.host : [],
    );
    expect(pushed).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('touches nobody else when the canary fails', async () => {
    const { host, run } = fleetOf();
    breakInstallation(host('a'));
    const { outcomes: found } = await run(undefined, { serial: [count(1)], maxFail: undefined });
    expect(outcomes(found)).toEqual({ a: 'failed', b: 'pending', c: 'pending' });
    for (const name of ['b', 'c']) {
      expect(outcomeOf(found, name).error).toBe('not begun: a did not end well');
      expect(outcomeOf(found, name).changes.map(({ summary }) => summary)).toContain(
        'install wireguard-tools',
      );
      expect(host(name).jobs).toHaveLength(1);
    }
  });

  it('makes a canary of a host that has something to change', async () => {
    const { assignment, host, locks, look, run, means } = fleetOf({ roles: installRole });
    await run();
    const lock = locks.at(-1);
    if (lock === undefined) throw new Error('no lock was recorded');
    const wanted = { ...assignment.wanted, lock };
    for (const name of ['b', 'c']) rmSync(host(name).path('packages/wireguard-tools'));
    breakInstallation(host('b'));
    expect(outcomes((await look({ ...assignment, wanted })).outcomes)).toMatchObject({
      a: 'unchanged',
    });
    const { outcomes: found } = await run(
      { ...assignment, wanted },
      { serial: [count(1)], maxFail: undefined },
    );
    expect(outcomes(found)).toEqual({ a: 'unchanged', b: 'failed', c: 'pending' });
    expect(means.brake.reason).toBeUndefined();
  });

  it('ends at a batch whose checks do not hold, as far as its peers are through', async () => {
    const { host, run } = fleetOf();
    const { outcomes: found } = await run(undefined, { serial: [count(1)], maxFail: undefined });
    // Nobody was there for the first to talk to; the second does not reach the first.
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'changed', c: 'pending' });
    expect(outcomeOf(found, 'c').error).toBe('begun, and not gone on with: b did not end well');
    expect(Object.keys(host('c').files())).not.toContain(config);
  });
});

describe('too many failures', () => {
  it('end the run as soon as a push has ended so', async () => {
    const { host, run } = fleetOf({ forks: 1 });
    breakInstallation(host('a'));
    const { outcomes: found } = await run(undefined, { serial: [], maxFail: count(0) });
    expect(outcomes(found)).toEqual({ a: 'failed', b: 'pending', c: 'pending' });
    expect(outcomeOf(found, 'c').error).toBe('not begun: a did not end well, and --max-fail is 0');
  });

  it('are not those that may be', async () => {
    const { host, run } = fleetOf({ forks: 1 });
    breakInstallation(host('a'));
    const { outcomes: found } = await run(undefined, { serial: [], maxFail: count(1) });
    expect(outcomes(found)).toEqual({ a: 'failed', b: 'changed', c: 'changed' });
  });

  it('are none of hosts that could not be looked at', async () => {
    const { host, run } = fleetOf({ forks: 1 });
    host('a').noConnection = new Unreachable('no route');
    const { outcomes: found } = await run(undefined, { serial: [], maxFail: count(0) });
    expect(outcomes(found)).toEqual({ a: 'unreachable', b: 'changed', c: 'changed' });
  });
});

describe('a brake that is pulled', () => {
  it('during the pushes lets the host in hand end, and begins no other', async () => {
    const { host, means, run } = fleetOf({ forks: 1, keys: [] });
    host('a').troubles.push(undefined, (go) => {
      means.brake.pull('the run was interrupted');
      return go();
    });
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'pending', b: 'pending', c: 'pending' });
    expect(outcomeOf(found, 'a').error).toBe(
      'begun, and not gone on with: the run was interrupted',
    );
    expect(outcomeOf(found, 'b').error).toBe('not begun: the run was interrupted');
    expect(Object.keys(host('a').files())).toContain('packages/wireguard-tools');
    expect(Object.keys(host('b').files())).toEqual([]);
  });

  it('in the last stage leaves who is through as changed', async () => {
    const { host, means, run } = fleetOf({ forks: 1 });
    host('a').troubles.push(undefined, undefined, (go) => {
      means.brake.pull('the run was interrupted');
      return go();
    });
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'pending', c: 'pending' });
    expect(Object.keys(host('a').files())).toContain(config);
    expect(outcomeOf(found, 'b').changes.map(({ summary }) => summary)).not.toContain(
      'install wireguard-tools',
    );
  });

  it('and let go of leaves the host in hand to its watchdog, and says until when', async () => {
    const { host, means, run } = fleetOf({ forks: 1 });
    host('a').troubles.push(undefined, undefined, async (go) => {
      const reply = await go();
      means.brake.pull('the run was interrupted');
      means.brake.letGo();
      return reply;
    });
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'failed', b: 'pending', c: 'pending' });
    expect(outcomeOf(found, 'a').error).toMatch(
      /^let go of: not seen to be confirmed; it goes back by itself by \d\d:\d\d:\d\d UTC/,
    );
  });

  it('during the look leaves whoever has not answered unseen, and nobody is changed', async () => {
    const { host, means, run } = fleetOf({ forks: 1 });
    host('b').troubles.push(() => {
      means.brake.pull('the time was up');
      return new Promise(() => undefined);
    });
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'pending', b: 'failed', c: 'failed' });
    expect(outcomeOf(found, 'b').error).toBe('not looked at: the time was up');
    expect(outcomeOf(found, 'c').error).toBe('not looked at: the time was up');
    for (const name of names) expect(Object.keys(host(name).files())).toEqual([]);
  });
});
