/** Applying: a mesh made of bare hosts, and what a host that fails does to the others. */
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { ConnectionLost, ScriptTimeout, Unreachable } from '../../src/connection/connection';
import { apply } from '../../src/executor/application';
import { inspect } from '../../src/executor/inspection';
import type { HostOutcome } from '../../src/model/outcome';
import { keyOf } from '../model/fleet';
import { fleetOf, garbage, installRole, names, outcomeOf, outcomes, throws } from './fake-fleet';
import type { Trouble } from './fake-hosts';

describe('applying', () => {
  it('makes a mesh of bare hosts, and a second time has nothing to do', async () => {
    const { assignment, events, host, locks, run, means } = fleetOf();
    const first = await run();
    expect(outcomes(first.outcomes)).toEqual({ a: 'changed', b: 'changed', c: 'changed' });
    const keys = new Map(
      [...first.wanted.lock.hosts].map(([name, { publicKey }]) => [name, publicKey]),
    );
    expect(host('a').files()['etc/wireguard/wg0.conf']).toContain(
      `PublicKey = ${keys.get('b') ?? ''}`,
    );
    expect(host('a').files()['etc/wireguard/wg0.conf']).toContain(host('a').privateKey());
    for (const file of ['wg0.conf', 'wg0.key']) {
      expect(statSync(host('a').path(`etc/wireguard/${file}`)).mode & 0o777).toBe(0o600);
    }
    expect(locks.at(-1)).toEqual(first.wanted.lock);

    events.length = 0;
    const known = { ...assignment, wanted: first.wanted };
    const again = await inspect(known, means, { checks: false });
    const second = await apply(known, again, means, () => Promise.resolve());
    expect(outcomes(second.outcomes)).toEqual({ a: 'unchanged', b: 'unchanged', c: 'unchanged' });
    expect(events.some((event) => 'phase' in event && event.phase === 'push')).toBe(false);
    expect(host('a').jobs).toHaveLength(5);
  });

  it('records the addresses and the keys before anybody relies on them', async () => {
    const { assignment, host, look, means } = fleetOf();
    const seen: (readonly [number, boolean])[] = [];
    await apply(assignment, await look(), means, (lock) => {
      const known = [...lock.hosts.values()].filter(({ publicKey }) => publicKey !== undefined);
      const isWritten = names.some((name) => 'etc/wireguard/wg0.conf' in host(name).files());
      seen.push([known.length, isWritten]);
      return Promise.resolve();
    });
    expect(seen).toEqual([
      [0, false],
      [3, false],
      [3, true],
    ]);
  });

  it('tells what was run, what the commands said, and what there is then', async () => {
    const { events, host, run } = fleetOf();
    host('b').breakTool('systemctl', 'enable');
    await run();
    const told = (name: string) =>
      events
        .flatMap((event) =>
          event.kind === 'host-answered' && event.host === name ? event.exchanges : [],
        )
        .filter(({ asked }) => /^systemctl (enable|show)/m.test(asked))
        .map(({ asked, answer: { exitCode, stderr } }) =>
          [asked.split(' ')[1], exitCode, stderr.trim()].join(' '),
        );
    expect(told('a').slice(-2)).toEqual(['enable 0 ', 'show 0 ']);
    expect(told('b').at(-1)).toBe('enable 1 out of order');
  });

  it('lets no private key leave its host', async () => {
    const { assignment, events, host, locks, look, run } = fleetOf();
    const applied = await run();
    host('b').writeKey(host('a').privateKey());
    const looked = await look({ ...assignment, wanted: applied.wanted });
    const replies = names.flatMap((name) =>
      host(name).jobs.flatMap(({ reply }) => {
        const text = reply?.stdout.toString() ?? '';
        const decoded = text
          .split('\n')
          .map((line) => Buffer.from(line, 'base64').toString('latin1'));
        return [text, decoded.join(''), reply?.stderr.toString() ?? ''];
      }),
    );
    const told = JSON.stringify([
      applied.outcomes,
      looked.outcomes,
      events,
      [...(locks.at(-1)?.hosts ?? [])],
    ]);
    for (const name of names) {
      for (const text of [...replies, told])
        expect(text).not.toContain(host(name).privateKey().slice(0, 40));
    }
  });

  it('leaves a host that is down to its peers, when its key is known', async () => {
    const { host, run } = fleetOf({ keys: ['b'] });
    host('b').noConnection = new Unreachable('no route');
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'unreachable', c: 'changed' });
    for (const name of ['a', 'c']) {
      expect(host(name).files()['etc/wireguard/wg0.conf']).toContain(`PublicKey = ${keyOf('b')}`);
    }
  });

  it('does not wait for the key of a host that is down', async () => {
    const { host, run } = fleetOf();
    host('b').noConnection = new Unreachable('no route');
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'unreachable', c: 'changed' });
    expect(host('a').files()['etc/wireguard/wg0.conf']).not.toContain('# b');
  });

  it('touches the selected hosts alone, and compiles them from the whole inventory', async () => {
    const { assignment, host, run } = fleetOf({ keys: ['b', 'c'] });
    const hosts = assignment.hosts.filter(({ name }) => name === 'a');
    expect(outcomes((await run({ ...assignment, hosts })).outcomes)).toEqual({ a: 'changed' });
    const config = host('a').files()['etc/wireguard/wg0.conf'];
    for (const name of ['b', 'c']) expect(config).toContain(`PublicKey = ${keyOf(name)}`);
    expect(host('b').jobs).toEqual([]);
  });

  it('ends on the host where a change fails, and goes on with the others', async () => {
    const { host, run } = fleetOf();
    host('b').installTools();
    host('b').writeKey('nonsense');
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'failed', c: 'changed' });
    expect(outcomeOf(found, 'b').error).toContain('holds no private key');
    expect(Object.keys(host('b').files())).not.toContain('etc/wireguard/wg0.conf');
  });

  it('names role, change, exit code and complaint of what failed', async () => {
    const { host, run } = fleetOf({ roles: installRole });
    writeFileSync(host('b').path('no-such-package'), '');
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'failed', c: 'changed' });
    expect(outcomeOf(found, 'b').error).toBe(
      'install: "install wireguard-tools" failed with exit code 100: ' +
        'E: Unable to locate package wireguard-tools\nE: Unable to locate package wireguard-tools',
    );
  });

  it('leaves a host alone that has changed since it was looked at', async () => {
    const { host, run } = fleetOf({ roles: installRole });
    host('b').troubles.push(undefined, (go) => {
      host('b').writeKey('by somebody else');
      return go();
    });
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'failed', c: 'changed' });
    expect(outcomeOf(found, 'b').error).toMatch(/somebody changed the host/);
    expect(Object.keys(host('b').files())).toEqual(['etc/wireguard/wg0.key']);
  });

  it('calls a host diverged that says all went well and is not as wanted', async () => {
    const { host, run } = fleetOf({ roles: installRole });
    host('b').installTools();
    rmSync(host('b').path('packages/wireguard-tools'));
    writeFileSync(host('b').path('lazy-apt'), '');
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: 'diverged', c: 'changed' });
    expect(outcomeOf(found, 'b').changes.map(({ summary }) => summary)).toEqual([
      'install wireguard-tools',
    ]);
  });

  it.each<[string, Trouble, HostOutcome['outcome'], RegExp]>([
    [
      'a connection lost in mid-script',
      async (run) => {
        await run();
        throw new ConnectionLost('the connection ended');
      },
      'unreachable',
      /^the connection ended; what the push had done by then is not known$/,
    ],
    ['garbage', garbage, 'failed', /the answer never began/],
    [
      'no end',
      throws(new ScriptTimeout('no end in 10 s')),
      'failed',
      /no end in 10 s; what the push had done/,
    ],
  ])('with %s fails that host, and no other', async (_, trouble, outcome, message) => {
    const { host, run } = fleetOf({ roles: installRole });
    host('b').troubles.push(undefined, trouble);
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'changed', b: outcome, c: 'changed' });
    expect(outcomeOf(found, 'b').error).toMatch(message);
    expect(host('b').jobs).toHaveLength(2);
  });

  it('pushes nothing to a host that is not who the lock says', async () => {
    const { host, run } = fleetOf({ keys: names });
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'failed', b: 'failed', c: 'failed' });
    expect(outcomeOf(found, 'a').error).toMatch(
      /it has no WireGuard key, but the lock knows the host/,
    );
    expect(host('a').jobs).toHaveLength(1);
  });

  it('pushes nothing to a host that has the key of another', async () => {
    const { host, run } = fleetOf({ roles: installRole });
    for (const name of ['a', 'b']) {
      host(name).installTools();
      host(name).writeKey(keyOf('cloned'));
    }
    const { outcomes: found } = await run();
    expect(outcomes(found)).toEqual({ a: 'unchanged', b: 'failed', c: 'changed' });
    expect(outcomeOf(found, 'b').error).toMatch(/it has the WireGuard key of a: a cloned image\?/);
  });

  it('ends with a bug, and does not call it an outcome', async () => {
    const { host, run } = fleetOf({ roles: installRole });
    const bug = new TypeError('x is not a function');
    host('b').troubles.push(undefined, throws(bug));
    await expect(run()).rejects.toBe(bug);
  });
});
