/** The small values: ports, exit codes, secrets, problems, peers. */
import fc from 'fast-check';
import { type Command, exitCode, type OutcomeKind, type RunOutcome } from '../../src/model/outcome';
import { portRange, portsOf, portsText, rangeText } from '../../src/model/port';
import { problemText } from '../../src/model/problem';
import { printable, redacted } from '../../src/model/secret';
import type { Check } from '../../src/model/check';
import { hostNamed, inventoryOf, keyOf, lockOf, peersOf } from './fleet';

test.each([
  ['5432', '5432'],
  [5432, '5432'],
  ['9100-9110', '9100-9110'],
  ['1-65535', '1-65535'],
  ['80-80', '80'],
])('%j is the range %s', (text, range) => {
  const found = portRange(text);
  expect(found && rangeText(found)).toBe(range);
});

test.each([
  '0',
  '65536',
  '9110-9100',
  '-1',
  '80-',
  '-80',
  '80,81',
  '8 0',
  'http',
  '',
  '1.5',
  '080000',
])('%j is no port', (text) => {
  expect(portRange(text)).toBeUndefined();
});

test('ranges are counted out', () => {
  expect(
    portsOf([
      { first: 80, last: 80 },
      { first: 9, last: 11 },
    ]),
  ).toEqual([80, 9, 10, 11]);
  expect(rangeText({ first: 9, last: 11 }, ':')).toBe('9:11');
});

describe('the exit code', () => {
  const run = (
    command: Command,
    outcomes: readonly OutcomeKind[],
    statuses: readonly Check['status'][] = [],
    problems = 0,
  ): RunOutcome => ({
    command,
    inventory: 'test',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 1,
    hosts: outcomes.map((outcome) => ({ host: 'a', outcome, changes: [], error: null })),
    checks: statuses.map((status) => ({ id: 'SC-1', host: 'a', title: '', status, evidence: '' })),
    problems: Array.from({ length: problems }, () => ({
      file: '',
      line: 1,
      column: 1,
      message: '',
    })),
    warnings: ['a warning'],
  });

  it.each<[number, RunOutcome]>([
    [0, run('apply', [])],
    [0, run('apply', ['unchanged', 'changed'])],
    [0, run('drift', ['unchanged'], ['pass', 'warn', 'skip'])],
    [0, run('validate', [])],
    [1, run('validate', [], [], 1)],
    [1, run('apply', ['unreachable', 'failed'], ['fail'], 1)],
    [2, run('plan', ['unchanged', 'pending'])],
    [2, run('apply', ['pending'])],
    [2, run('drift', ['pending'])],
    [2, run('drift', ['unchanged'], ['pass', 'fail'])],
    [2, run('drift', ['pending'], ['fail'])],
    [3, run('verify', ['unchanged'], ['fail'])],
    [3, run('validate', [], ['fail'])],
    [3, run('apply', ['unchanged'], ['fail'])],
    [3, run('apply', ['changed', 'failed'])],
    [3, run('apply', ['diverged'])],
    [3, run('drift', ['failed', 'pending'])],
    [3, run('drift', ['diverged'], ['fail'])],
    [4, run('drift', ['unreachable'])],
    [4, run('apply', ['changed', 'failed', 'diverged', 'pending', 'unreachable'], ['fail'])],
  ])('is %i', (code, outcome) => {
    expect(exitCode(outcome)).toBe(code);
  });
});

describe('a key', () => {
  const key = keyOf('host-1');

  it.each([
    ['alone', key],
    ['in a line', `private key ${key} is wrong`],
    ['behind an equals sign', `PrivateKey=${key}`],
    ['in quotes', `"${key}"`],
    ['in a colour', `\u001b[31m${key}\u001b[0m`],
    ['in a path', `cannot open /etc/${key}`],
    ['in a command of sed', `s/old/${key}/`],
    ['twice', `${key} ${key}`],
    ['twice without a space', `${key}${key}`],
    ['with one more equals sign', `${key}=`],
    ['with a line feed', `${key}\n`],
  ])('%s is hidden', (_, text) => {
    expect(redacted(text)).not.toContain(key);
    expect(printable(text)).not.toContain(key);
  });

  it('is all that is hidden', () => {
    const text = 'wg: Unable to modify interface: No such device (wg0), abc=, 10.50.0.1/32';
    expect(printable(text)).toBe(text);
  });

  it('anywhere is hidden', () => {
    const beside = fc.string({ unit: 'grapheme', maxLength: 8 });
    fc.assert(
      fc.property(beside, beside, (before, after) => {
        expect(redacted(`${before}${key}${after}`)).not.toContain(key);
      }),
    );
  });
});

test('what is printed moves no cursor and sets no colour', () => {
  expect(printable('a\u001b[2J\rb\u0000c\u007f\u009bd\ttab\nline')).toBe(
    String.raw`a\x1b[2J\x0db\x00c\x7f\x9bd` + '\ttab\nline',
  );
});

test('a problem is told with its place', () => {
  expect(problemText({ file: 'a/b.yaml', line: 2, column: 3, message: 'no' })).toBe(
    'a/b.yaml:2:3: no',
  );
});

describe('the mesh', () => {
  const hosts = [
    hostNamed('a', { persistentKeepalive: 25 }),
    hostNamed('b', { endpoints: [{ host: '2001:db8::2', port: 4000 }] }),
    'c',
  ];

  it('is full, and every peer is as the host sees it', () => {
    const inventory = inventoryOf(hosts);
    const lock = lockOf(inventory, { withoutKey: ['c'] });
    expect(peersOf('a', inventory, lock)).toEqual([
      {
        host: 'b',
        publicKey: keyOf('b'),
        allowedIps: ['10.50.0.2/32', 'fd50::2/128'],
        endpoint: '[2001:db8::2]:4000',
        persistentKeepalive: 25,
      },
      {
        host: 'c',
        publicKey: undefined,
        allowedIps: ['10.50.0.3/32', 'fd50::3/128'],
        endpoint: '203.0.113.7:51820',
        persistentKeepalive: 25,
      },
    ]);
    expect(peersOf('b', inventory, lock).map((peer) => peer.persistentKeepalive)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('of one host has nobody in it', () => {
    const inventory = inventoryOf(['a']);
    expect(peersOf('a', inventory, lockOf(inventory))).toEqual([]);
  });
});

test.each([
  [[5432], '5432'],
  [[9101, 9092, 9100, 9102], '9092, 9100-9102'],
  [[], ''],
])('the ports %j are said in few words', (ports, text) => {
  expect(portsText(ports)).toBe(text);
});
