/** Which doors nobody declared, and what knocking at them proves. */
import { listeners } from '../../src/facts/listeners';
import { publishedPorts } from '../../src/facts/published-ports';
import type { Answers } from '../../src/facts/questionnaire';
import { emptyLock } from '../../src/model/lock';
import type { Wanted } from '../../src/plan/values';
import {
  judgeUndeclaredDoors,
  undeclaredDoorsOf,
  type UndeclaredPorts,
  undeclaredPortsOf,
} from '../../src/verify/undeclared-doors';
import type { Knock } from '../../src/verify/knock';
import { hostNamed, inventoryOf, serviceNamed, today } from '../model/fleet';

const host = hostNamed('a');
const inventory = inventoryOf([host], { services: [serviceNamed('pg', { hosts: ['a'] })] });
const wanted: Wanted = { inventory, lock: emptyLock, keysToCome: new Set(), today };

function answers(sockets: readonly string[], published: readonly string[] = []): Answers {
  const said = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });
  return new Map([
    [listeners().question.text, said([...sockets, 'end'].join('\n'))],
    [publishedPorts().question.text, said([...published, 'done'].join('\n'))],
  ]);
}

const tcp = (place: string, name: string) =>
  `tcp   LISTEN 0      128    ${place}    0.0.0.0:*    users:(("${name}",pid=1,fd=5))`;

test('a listener that nobody declared is one, whatever it listens by', () => {
  const told = undeclaredPortsOf(
    host,
    wanted,
    answers([tcp('0.0.0.0:7777', 'perl'), tcp('[::]:7777', 'perl'), tcp('127.0.0.1:81', 'x')]),
  );
  expect(told).toMatchObject({ kind: 'told', ports: [{ port: 7777, holder: 'perl' }] });
});

test('what is declared is none: SSH, and a service', () => {
  const [{ first: port } = { first: 0 }] = inventory.services[0]?.ports ?? [];
  const declared = [tcp('0.0.0.0:22', 'sshd'), tcp(`0.0.0.0:${String(port)}`, 'pg')];
  expect(undeclaredPortsOf(host, wanted, answers(declared))).toEqual({ kind: 'told', ports: [] });
});

test('a published port is its container’s, whether something listens for it or not', () => {
  const published = ['web 0.0.0.0:8080->80/tcp, :::8080->80/tcp', 'dns 127.0.0.1:53->53/tcp'];
  for (const sockets of [[], [tcp('0.0.0.0:8080', 'docker-proxy')]]) {
    expect(undeclaredPortsOf(host, wanted, answers(sockets, published))).toMatchObject({
      ports: [{ port: 8080, holder: 'container web' }],
    });
  }
});

test.each<[string, Answers | undefined]>([
  ['a host that could not be asked', undefined],
  ['a host that was not asked', new Map()],
  ['an answer that is cut short', cut()],
])('%s proves nothing', (_, said) => {
  const told = undeclaredPortsOf(host, wanted, said);
  expect(told.kind).toBe('untold');
  expect(judgeUndeclaredDoors('a', told, [])).toMatchObject({ id: 'SC-2', status: 'skip' });
});

function cut(): Answers {
  const whole = answers([tcp('0.0.0.0:7777', 'perl')]);
  return new Map([...whole].map(([text, answer]) => [text, { ...answer, stdout: 'tcp LIS' }]));
}

const told: UndeclaredPorts = {
  kind: 'told',
  ports: [7777, 8888].map((port) => ({ port, holder: 'perl' })),
};
const knocked = (...knocks: readonly Knock[]) =>
  undeclaredDoorsOf(host, inventory, told.ports).map((door, index) => ({
    door,
    knock: knocks[index] ?? { kind: 'silent' },
  }));

test('one that opens fails, with who is behind it', () => {
  const check = judgeUndeclaredDoors('a', told, knocked({ kind: 'silent' }, { kind: 'open' }));
  expect(check.status).toBe('fail');
  expect(check.evidence).toContain(`8888/tcp of perl at ${host.login.host}`);
  expect(check.evidence).not.toContain('7777');
});

test('all that do not open pass, and one that could not be tried is no proof', () => {
  const closed = knocked({ kind: 'silent' }, { kind: 'refused' });
  expect(judgeUndeclaredDoors('a', told, closed)).toMatchObject({ status: 'pass' });
  const untried = knocked({ kind: 'silent' }, { kind: 'error', message: 'EMFILE' });
  expect(judgeUndeclaredDoors('a', told, untried).status).toBe('skip');
});

test('a host without a public address that the inventory knows is not tried, and not proven', () => {
  const inside = { ...host, endpoints: [], login: { ...host.login, host: '10.50.0.1' } };
  expect(undeclaredDoorsOf(inside, inventory, told.ports)).toEqual([]);
  expect(judgeUndeclaredDoors('a', told, [])).toMatchObject({ status: 'skip' });
  expect(judgeUndeclaredDoors('a', { kind: 'told', ports: [] }, []).status).toBe('pass');
});
