/** What it proves that other hosts knocked. */
import type { DoorReply } from '../../src/facts/knocking';
import { emptyLock } from '../../src/model/lock';
import type { Handshake } from '../../src/model/handshake';
import type { Call } from '../../src/verify/calls';
import { type Answered, judgeCalls } from '../../src/verify/other-hosts';
import { type Subject, subjectOf } from '../../src/verify/subject';
import { exceptionNamed, hostNamed, inventoryOf, ip, serviceNamed, today } from '../model/fleet';

const host = hostNamed('c', { login: { ...hostNamed('c').login, host: '203.0.113.3' } });
const inventory = inventoryOf(['a', 'b', host], {
  services: [
    serviceNamed('kafka', { hosts: ['c'], ports: [{ first: 9092, last: 9094 }] }),
    serviceNamed('pg', { hosts: ['c'] }),
    serviceNamed('dns', { hosts: ['c'], protocol: 'udp', ports: [{ first: 53, last: 53 }] }),
  ],
  exceptions: [exceptionNamed('EX-1', { hosts: ['c'], ports: [{ first: 9094, last: 9094 }] })],
});
const wanted = { inventory, lock: emptyLock, keysToCome: new Set<string>(), today };
const stray = { port: 7777, holder: 'perl' };
const subject = subjectOf(host, wanted, [], { kind: 'told', ports: [stray] });

const silent: DoorReply = { kind: 'silent' };

/** A call by a host, in which all is silent but what is said. */
function answered(
  from: string,
  replies: Readonly<Record<number, DoorReply>> = {},
  { address = '203.0.113.3', isThere = true } = {},
): Answered {
  const call: Call = { from, to: 'c', address: ip(address), link: undefined, ports: subject.ports };
  const ports = new Map(subject.ports.map((port) => [port, replies[port] ?? silent]));
  return { call, replies: { isThere, ports } };
}

/** The checks, `STATUS TITLE: EVIDENCE` each. */
function judged(
  all: readonly Answered[],
  { of = subject, handshakes = [] as readonly Handshake[] } = {},
): readonly string[] {
  return judgeCalls([of], [], all, handshakes).map(
    ({ id, status, title, evidence }) => `${id} ${status} ${title}: ${evidence}`,
  );
}

const services = ['kafka', 'pg'].map(
  (name) => `${name} of c is closed to other hosts past WireGuard`,
);
const undeclared = 'nothing undeclared of c answers other hosts past WireGuard';
const where = 'other hosts can try c at 203.0.113.3';

test('what is tried are the TCP ports of services, and what nobody declared, but no exception', () => {
  expect(subject.ports).toEqual([9092, 9093, 5432, 7777]);
});

test('silence passes, and the evidence says from where', () => {
  const lan = answered('a', {}, { address: '10.0.0.3' });
  const ways = 'a, b over 203.0.113.3 and d over 10.0.0.3';
  expect(
    judged([answered('b'), answered('a'), { ...lan, call: { ...lan.call, from: 'd' } }]),
  ).toEqual([
    `SC-2 pass ${services[0]}: no answer to ${ways}`,
    `SC-2 pass ${services[1]}: no answer to ${ways}`,
    `SC-2 pass ${undeclared}: no connection to 7777, which are listened on, from ${ways}`,
    `SC-2 pass ${where}: tried by a, b`,
    'SC-2 pass other hosts can try c at 10.0.0.3: tried by d',
  ]);
});

test.each<[string, DoorReply, string]>([
  ['a door that opens to one of them fails', { kind: 'open' }, 'fail'],
  ['a refusal is no firewall', { kind: 'refused' }, 'warn'],
  ['what only others could try is as they found it', { kind: 'untried', why: 'x' }, 'pass'],
])('%s', (_, reply, status) => {
  const [, pg] = judged([answered('a', { 5432: reply }), answered('b')]);
  expect(pg).toContain(`SC-2 ${status} ${services[1] ?? ''}: `);
});

test('who was let in is named, at which port and by which way', () => {
  const open = { 9093: { kind: 'open' }, 7777: { kind: 'open' } } as const;
  expect(judged([answered('a'), answered('b', open)]).slice(0, 3)).toEqual([
    `SC-2 fail ${services[0]}: 9092: no answer to a, b over 203.0.113.3; 9093: it accepted a connection from b over 203.0.113.3`,
    `SC-2 pass ${services[1]}: no answer to a, b over 203.0.113.3`,
    `SC-2 fail ${undeclared}: 7777/tcp of perl accepted a connection from b over 203.0.113.3; nobody declared it`,
  ]);
});

describe('silence proves nothing', () => {
  const statuses = (all: readonly Answered[], handshakes: readonly Handshake[] = []) =>
    new Set(judged(all, { handshakes }).map((line) => line.split(' ')[1]));
  const lonely = answered('a', {}, { isThere: false });
  const session = (more: Partial<Handshake>): Handshake => ({
    ...{ host: 'a', peer: 'c', endpoint: '203.0.113.3:51820', ageSeconds: 20 },
    ...{ receivedBytes: 0, sentBytes: 0 },
    ...more,
  });

  test('where nothing at all is heard from there', () => {
    expect(statuses([lonely])).toEqual(new Set(['skip']));
    expect(judged([lonely])[0]).toContain('a hears nothing at all from there');
  });

  test('but another door that answers shows the way', () => {
    const refused = answered('a', { 7777: { kind: 'refused' } }, { isThere: false });
    expect(judged([refused])[1]).toContain('SC-2 pass');
  });

  test.each<[string, Partial<Handshake>, string]>([
    ['a session that is alive', {}, 'pass'],
    ['one that is dead', { ageSeconds: 180 }, 'skip'],
    ['one that never was', { ageSeconds: null }, 'skip'],
    ['one by another address', { endpoint: '203.0.113.30:51820' }, 'skip'],
    ['one of another host', { host: 'b' }, 'skip'],
  ])('and so does %s: %j is %s', (_, more, status) => {
    expect(statuses([lonely], [session(more)])).toEqual(new Set([status]));
  });

  test('nor does a host that could not be asked', () => {
    const { call } = answered('a');
    const lines = judged([{ call, replies: 'a could not be asked to try' }]);
    expect(lines[1]).toBe(`SC-2 skip ${services[1] ?? ''}: a could not be asked to try`);
    expect(statuses([{ call, replies: 'x' }])).toEqual(new Set(['skip']));
  });

  test('nor where nobody tried', () => {
    expect(statuses([])).toEqual(new Set(['skip']));
  });
});

test('an address that nobody can try is told', () => {
  const why = 'no other host of this run is in its network';
  const checks = judgeCalls([subject], [{ to: 'c', address: ip('10.0.0.3'), why }], [], []);
  expect(checks).toContainEqual({
    id: 'SC-2',
    host: 'c',
    title: 'other hosts can try c at 10.0.0.3',
    status: 'skip',
    evidence: why,
  });
});

test('a host that does not tell its addresses, or who listens, is not all proven', () => {
  const of: Subject = { ...subject, isTold: false, undeclared: { kind: 'untold', why: 'no ss' } };
  const lines = judged([answered('a')], { of });
  expect(lines).toContain(`SC-2 skip ${undeclared}: no ss`);
  expect(lines).toContain(
    'SC-2 skip other hosts can try c at its own addresses: it does not tell them',
  );
});

test('where there is nothing to try nothing is said', () => {
  const bare = hostNamed('a');
  const of = subjectOf(bare, wanted, [], { kind: 'told', ports: [] });
  expect(of.ports).toEqual([]);
  expect(judged([], { of })).toEqual([]);
});

test('of thousands of ports a few hundred are tried, and the others are not said to be closed', () => {
  const many = inventoryOf([host], {
    services: [serviceNamed('range', { hosts: ['c'], ports: [{ first: 1000, last: 2999 }] })],
  });
  const of = subjectOf(host, { ...wanted, inventory: many }, [], { kind: 'told', ports: [] });
  expect(of.ports).toHaveLength(256);
  const call: Call = { ...answered('a').call, ports: of.ports };
  const ports = new Map(of.ports.map((port) => [port, silent]));
  const [line] = judged([{ call, replies: { isThere: true, ports } }], { of });
  expect(line).toContain('SC-2 skip range of c');
  expect(line).toContain('1256-2999: no other host tried it');
});
