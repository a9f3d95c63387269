/** What knocking at doors proves, and what it does not. */
import { createServer, type Server } from 'node:net';
import type { Check } from '../../src/model/check';
import { type Door, doorsOf, judgeDoors, type Knocked } from '../../src/verify/isolation';
import { judgeExceptions } from '../../src/verify/exceptions';
import { type Knock, knockAt } from '../../src/verify/knock';
import { exceptionNamed, hostNamed, inventoryOf, serviceNamed, today } from '../model/fleet';

const door: Door = {
  host: 'a',
  address: '203.0.113.7',
  port: 5432,
  service: 'pg',
  exception: undefined,
};
/** What one knock proves. */
function judgeDoor(at: Door, knock: Knock, { reached }: { readonly reached: boolean }): Check {
  const [check] = judgeDoors([{ door: at, knock }], () => reached);
  if (check === undefined) throw new Error('a knock makes a check');
  return check;
}
const judged = ({ door: at, knock }: Knocked) => judgeDoor(at, knock, { reached: true });

const declared: Door = { ...door, exception: 'EX-1' };

test.each<[string, Door, Knock, string]>([
  ['an internal service that answers is exposed', door, { kind: 'open' }, 'fail'],
  ['one that does not is closed', door, { kind: 'silent' }, 'pass'],
  ['a refusal is no firewall', door, { kind: 'refused' }, 'warn'],
  ['what could not be tried proves nothing', door, { kind: 'error', message: 'EMFILE' }, 'skip'],
  ['a declared exception that answers is as wanted', declared, { kind: 'open' }, 'pass'],
  [
    'a declared exception that could not be tried',
    declared,
    { kind: 'error', message: 'x' },
    'skip',
  ],
])('%s', (_, at, knock, status) => {
  expect(judgeDoor(at, knock, { reached: true })).toMatchObject({ id: 'SC-2', host: 'a', status });
});

test('a check says where it looked and what it saw', () => {
  expect(judgeDoor(door, { kind: 'open' }, { reached: true })).toEqual({
    id: 'SC-2',
    host: 'a',
    title: 'pg is closed on the public address 203.0.113.7:5432',
    status: 'fail',
    evidence: 'it accepted a connection from the controller',
    parts: ['5432: it accepted a connection from the controller'],
  });
});

test('a declared exception that does not answer is not said to have been seen public', () => {
  expect(judgeDoor(declared, { kind: 'silent' }, { reached: true }).status).not.toBe('pass');
});

test('the silence of a host that could not be reached proves nothing', () => {
  expect(judgeDoor(door, { kind: 'silent' }, { reached: false }).status).toBe('skip');
  expect(judgeDoor(door, { kind: 'open' }, { reached: false }).status).toBe('fail');
});

test('the ports of a service at an address are one check, and the worst of them counts', () => {
  const at = (port: number, kind: 'open' | 'silent') => ({
    door: { ...door, port },
    knock: { kind },
  });
  const knocked = [at(9092, 'silent'), at(9093, 'open'), at(9094, 'silent')];
  expect(judgeDoors(knocked, () => true)).toEqual([
    {
      id: 'SC-2',
      host: 'a',
      title: 'pg is closed on the public address 203.0.113.7 by 3 ports',
      status: 'fail',
      evidence:
        '9092, 9094: no answer to the controller; 9093: it accepted a connection from the controller',
      parts: ['9093: it accepted a connection from the controller'],
    },
  ]);
  const other = { ...at(9093, 'open'), door: { ...door, port: 9093, exception: 'EX-1' } };
  expect(judgeDoors([at(9092, 'silent'), other], () => true)).toHaveLength(2);
});

test('a host that is logged in to over WireGuard is tried where its peers send to', () => {
  const login = { ...hostNamed('a').login, host: '10.50.0.1' };
  const endpoints = ['203.0.113.7', '2001:db8::7'].map((host) => ({ host, port: 51820 }));
  const services = [serviceNamed('pg', { hosts: ['a'] })];
  const inventory = inventoryOf([hostNamed('a', { login, endpoints })], { services });
  const doors = doorsOf(inventory, inventory.hosts, today);
  expect(doors.map((each) => each.address)).toEqual(['203.0.113.7', '2001:db8::7']);
});

test('doors are the TCP ports of the services of these hosts', () => {
  const inventory = inventoryOf(
    [hostNamed('a', { login: { ...hostNamed('a').login, host: '203.0.113.7' } }), 'b'],
    {
      services: [
        serviceNamed('pg', { hosts: ['a', 'b'], ports: [{ first: 5432, last: 5433 }] }),
        serviceNamed('dns', { hosts: ['a'], protocol: 'udp', ports: [{ first: 53, last: 53 }] }),
        serviceNamed('web', { hosts: ['a'], ports: [{ first: 443, last: 443 }] }),
        serviceNamed('old', { hosts: ['a'], ports: [{ first: 80, last: 80 }] }),
        serviceNamed('other', { hosts: ['a'], ports: [{ first: 25, last: 25 }] }),
      ],
      exceptions: [
        exceptionNamed('EX-1', { hosts: ['a'], ports: [{ first: 400, last: 450 }] }),
        exceptionNamed('EX-2', {
          hosts: ['a'],
          ports: [{ first: 80, last: 80 }],
          expires: '2026-06-14',
        }),
        exceptionNamed('EX-3', { hosts: ['a'], ports: [{ first: 25, last: 25 }], protocol: 'udp' }),
        exceptionNamed('EX-4', { hosts: ['b'], ports: [{ first: 25, last: 25 }] }),
      ],
    },
  );
  const doors = doorsOf(inventory, inventory.hosts.slice(0, 1), today);
  expect(
    doors.map(({ address, service, port, exception }) => [address, service, port, exception]),
  ).toEqual([
    ['203.0.113.7', 'pg', 5432, undefined],
    ['203.0.113.7', 'pg', 5433, undefined],
    ['203.0.113.7', 'web', 443, 'EX-1'],
    ['203.0.113.7', 'old', 80, undefined],
    ['203.0.113.7', 'other', 25, undefined],
  ]);
});

test.each([
  ['2026-06-14', 'fail', ''],
  [today, 'warn', ', today'],
  ['2026-06-16', 'warn', ', in 1 day'],
  ['2026-07-15', 'warn', ', in 30 days'],
  ['2026-07-16', 'pass', ''],
])('an exception that expires on %s is a %s', (expires, status, left) => {
  const inventory = inventoryOf(['a'], {
    exceptions: [exceptionNamed('EX-1', { hosts: ['a'], expires })],
  });
  expect(judgeExceptions(inventory, today)).toEqual([
    {
      id: 'INV-1',
      host: 'a',
      title: 'exception EX-1 (public entry point) of a has not expired',
      status,
      evidence: `its last day is ${expires}${left}; web-team owns it`,
    },
  ]);
});

describe('knocking', () => {
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('it listens on no port');
    port = address.port;
  });
  afterAll(() => {
    server.close();
  });

  const at = (address: string): Door => ({ ...door, address, port });

  it('tells a listener from a host that refuses', async () => {
    const checks = (await knockAt([at('127.0.0.1'), at('127.0.0.2')], { timeoutMs: 2000 })).map(
      judged,
    );
    expect(checks.map(({ status }) => status)).toEqual(['fail', 'warn']);
  });

  it('proves nothing where the name of the host is unknown', async () => {
    const [check] = (await knockAt([at('no-such-host.invalid')], { timeoutMs: 2000 })).map(judged);
    expect(check).toMatchObject({
      status: 'skip',
      evidence: expect.stringContaining('ENOTFOUND') as string,
    });
  });

  it('opens a thousand doors and gives their checks in order', async () => {
    const doors = Array.from({ length: 1000 }, () => at('127.0.0.1'));
    const checks = (await knockAt(doors, { timeoutMs: 5000 })).map(judged);
    expect(checks.filter(({ status }) => status === 'fail')).toHaveLength(1000);
  });
});
