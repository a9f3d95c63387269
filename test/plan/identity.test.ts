/** Who a host is, against who the lock says it is. */
import type { Answers } from '../../src/facts/questionnaire';
import { wireguardKey } from '../../src/facts/wireguard-key';
import { fingerprint } from '../../src/model/key';
import type { Lock } from '../../src/model/lock';
import { type Identities, identify } from '../../src/plan/identity';
import { configPath } from '../../src/plan/values';
import { inventoryOf, keyOf, lockOf, today } from '../model/fleet';

const inventory = inventoryOf(['a', 'b', 'c']);
const { question } = wireguardKey(configPath(inventory, 'key'), configPath(inventory, 'conf'));

const keyOnHost = (name: string) => `key 600 root\npublic ${keyOf(name)}`;
const lowOrder = Buffer.alloc(32).toString('base64');

/** @param said what each host answered to the question for its key. */
function identities(said: Readonly<Record<string, string>>, lock: Lock): Identities {
  const seen = Object.entries(said).map(([host, stdout]): [string, Answers] => [
    host,
    new Map([[question.text, { exitCode: 0, stdout, stderr: '' }]]),
  ]);
  return identify({ inventory, lock, keysToCome: new Set(), today }, new Map(seen));
}

const known = lockOf(inventory);
const unknown = lockOf(inventory, { withoutKey: ['a', 'b', 'c'] });

test.each<
  [
    string,
    Readonly<Record<string, string>>,
    Lock,
    readonly string[],
    readonly string[],
    RegExp | undefined,
  ]
>([
  ['is who the lock says', { a: keyOnHost('a') }, known, [], [], undefined],
  ['is new, and tells its key', { a: keyOnHost('a') }, unknown, ['a'], [], undefined],
  ['is new, and has none yet', { a: 'absent' }, unknown, [], ['a'], undefined],
  ['is new, and has a configuration', { a: 'in-config' }, unknown, [], ['a'], undefined],
  ['is new, and cannot tell its key yet', { a: 'key 600 root' }, unknown, [], ['a'], undefined],
  ['is known, and cannot tell its key yet', { a: 'key 600 root' }, known, [], [], undefined],
  ['is known, and has a configuration', { a: 'in-config' }, known, [], [], undefined],
  [
    'has another key than the lock knows',
    { a: keyOnHost('x') },
    known,
    [],
    [],
    new RegExp(
      `its WireGuard key is key ${fingerprint(keyOf('x'))}, .*by key ${fingerprint(keyOf('a'))}; if the host was rebuilt`,
    ),
  ],
  ['has lost its key', { a: 'absent' }, known, [], [], /it has no WireGuard key, but the lock/],
  [
    'has the key of another, known one',
    { a: keyOnHost('b') },
    known,
    [],
    [],
    /it has the WireGuard key of b: a cloned image\?/,
  ],
  [
    'has a key that nobody can use',
    { a: `key 600 root\npublic ${lowOrder}` },
    unknown,
    [],
    [],
    /point of low order/,
  ],
  ['says what nobody understands', { a: 'Segmentation fault' }, known, [], [], undefined],
  ['has no key in its key file', { a: 'key 600 root\npublic ' }, known, [], [], undefined],
])('a host that %s', (_, said, lock, learned, toCome, alarm) => {
  const found = identities(said, lock);
  expect([...found.learned.keys()]).toEqual(learned);
  expect([...found.toCome]).toEqual(toCome);
  if (alarm === undefined) expect(found.alarms).toEqual(new Map());
  else expect(found.alarms.get('a')).toMatch(alarm);
});

test('of two new hosts with one key the second is the clone', () => {
  const found = identities({ a: keyOnHost('x'), b: keyOnHost('x'), c: keyOnHost('c') }, unknown);
  expect([...found.alarms]).toEqual([['b', expect.stringContaining('the WireGuard key of a')]]);
  expect([...found.learned.keys()]).toEqual(['a', 'c']);
});

test('a host that was never asked for its key raises no alarm', () => {
  const wanted = { inventory, lock: known, keysToCome: new Set<string>(), today };
  const { alarms, learned } = identify(wanted, new Map([['a', new Map()]]));
  expect([alarms.size, learned.size]).toEqual([0, 0]);
});

test('an alarm shows no key, so that nobody copies one into the lock by mistake', () => {
  const found = identities({ a: keyOnHost('x') }, known);
  expect(found.alarms.get('a')).not.toContain(keyOf('x'));
});
