/** Looking at a fleet: what each host says, and what becomes of those that say nothing good. */
import {
  AnswerTooLarge,
  ConnectionLost,
  type Reply,
  ScriptTimeout,
  Unreachable,
} from '../../src/connection/connection';
import { inspect, verify } from '../../src/executor/inspection';
import type { HostOutcome } from '../../src/model/outcome';
import { fleetOf, garbage, names, outcomeOf, outcomes, throws, unit } from './fake-fleet';
import type { Trouble } from './fake-hosts';

describe('looking', () => {
  it('tells all that is wanted of a bare host, and changes nothing there', async () => {
    const { host, look, network } = fleetOf();
    const { outcomes: found } = await look();
    expect(outcomes(found)).toEqual({ a: 'pending', b: 'pending', c: 'pending' });
    expect(outcomeOf(found, 'a').changes.map(({ role, summary }) => [role, summary])).toEqual([
      ['install', 'install wireguard-tools'],
      ['install', 'make a key in /etc/wireguard/wg0.key'],
      ['mesh', 'write /etc/wireguard/wg0.conf'],
      ['mesh', `start ${unit} at boot`],
    ]);
    expect(host('a').files()).toEqual({});
    expect(network.opened).toBe(3);
    expect(names.map((name) => host(name).jobs.length)).toEqual([1, 1, 1]);
  });

  it('asks for verification in the same script', async () => {
    const { assignment, host, means } = fleetOf({ keys: names });
    const { checks } = await inspect(assignment, means, { checks: true });
    expect(checks.filter((check) => check.host === 'a')).toHaveLength(6);
    expect(
      checks.every(({ status, evidence }) => status === 'fail' && evidence === 'there is no wg0'),
    ).toBe(true);
    expect(host('a').jobs).toHaveLength(1);
  });

  it('for verification asks nothing else', async () => {
    const { assignment, host, means } = fleetOf({ keys: names });
    expect((await verify(assignment, means)).checks).toHaveLength(18);
    expect(host('a').jobs[0]?.script).not.toContain('dpkg-query');
  });

  it.each<[string, Error, HostOutcome['outcome'], string]>([
    [
      'a host that is down',
      new Unreachable('timed out after 5 s'),
      'unreachable',
      'timed out after 5 s',
    ],
    ['a bug', new TypeError('x is not a function'), 'failed', ''],
  ])('at %s', async (_, error, outcome, message) => {
    const { host, look } = fleetOf();
    host('b').noConnection = error;
    if (message === '') {
      await expect(look()).rejects.toBe(error);
      return;
    }
    const { outcomes: found } = await look();
    expect(outcomes(found)).toEqual({ a: 'pending', b: outcome, c: 'pending' });
    expect(outcomeOf(found, 'b')).toMatchObject({ error: message, changes: [] });
  });

  it.each<[string, Trouble, HostOutcome['outcome'], RegExp]>([
    [
      'a lost connection',
      throws(new ConnectionLost('the connection ended')),
      'unreachable',
      /the connection ended/,
    ],
    [
      'a script without an end',
      throws(new ScriptTimeout('no end in 10 s')),
      'failed',
      /no end in 10 s/,
    ],
    ['a flood', throws(new AnswerTooLarge('more than 64 MB')), 'failed', /more than 64 MB/],
    ['garbage', garbage, 'failed', /the answer never began; the host said: Bus error/],
    [
      'half an answer',
      async (run) => {
        const reply = await run();
        return { ...reply, stdout: reply.stdout.subarray(0, reply.stdout.length / 2) };
      },
      'failed',
      /the answer ended in the middle/,
    ],
    [
      'a noisy start-up file',
      async (run): Promise<Reply> => {
        const reply = await run();
        return { ...reply, stdout: Buffer.concat([Buffer.from('Hello!\n'), reply.stdout]) };
      },
      'pending',
      /^$/,
    ],
  ])('%s is the affair of that host alone', async (_, trouble, outcome, message) => {
    const { host, look } = fleetOf();
    host('b').troubles.push(trouble);
    const { outcomes: found } = await look();
    expect(outcomes(found)).toEqual({ a: 'pending', b: outcome, c: 'pending' });
    expect(outcomeOf(found, 'b').error ?? '').toMatch(message);
  });

  it('tells of a clock that is wrong and a login shell that is slow, and goes on', async () => {
    const { events, host, look } = fleetOf();
    host('a').setClock(1_000_000_000);
    host('b').troubles.push(async (run) => ({ ...(await run()), loginShellMs: 3000 }));
    const { outcomes: found } = await look();
    expect(outcomes(found)).toEqual({ a: 'pending', b: 'pending', c: 'pending' });
    const warned = events.flatMap((event) =>
      event.kind === 'host-warned' ? [`${event.host} ${event.about}`] : [],
    );
    expect(warned.sort()).toEqual(['a clock', 'b login-shell']);
  });

  it('tells what was asked and what was answered', async () => {
    const { events, look } = fleetOf();
    await look();
    const told = events.find((event) => event.kind === 'host-answered' && event.host === 'b');
    expect(told).toMatchObject({
      exchanges: expect.arrayContaining([
        {
          asked: expect.stringContaining('dpkg-query -W') as string,
          answer: expect.objectContaining({ exitCode: 1, stdout: '' }) as object,
        },
      ]) as object,
    });
  });

  it('is heard as it goes on', async () => {
    const { events, host, look } = fleetOf();
    host('b').noConnection = new Unreachable('no route');
    await look();
    expect(events[0]).toEqual({ kind: 'phase-began', phase: 'gather', hosts: 3 });
    expect(events.at(-1)).toEqual({ kind: 'phase-ended', phase: 'gather' });
    const ended = events.flatMap((event) => (event.kind === 'host-ended' ? [event.host] : []));
    expect(ended.sort()).toEqual([...names]);
  });
});
