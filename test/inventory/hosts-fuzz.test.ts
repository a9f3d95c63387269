/** Whatever an INI file or a program's JSON holds: mistakes are values, in time, and nothing leaks. */
import fc from 'fast-check';
import { readHostsFile } from '../../src/inventory/hosts-file';
import { parseHosts } from '../../src/inventory/hosts-source';
import { finish } from '../../src/inventory/reading';
import { scriptTree } from '../../src/inventory/script-tree';
import { readInventory } from '../../src/inventory/whole-inventory';
import type { YamlFile } from '../../src/inventory/yaml-file';
import { problemText } from '../../src/model/problem';

function problemsOf(hosts: YamlFile): readonly string[] {
  const texts = {
    hosts,
    mesh: undefined,
    services: undefined,
    exceptions: undefined,
    ignores: undefined,
  };
  const { problems } = finish(
    readInventory('fuzz', { ...texts, lock: undefined }, '/', '2026-01-01'),
  );
  return [...hosts.problems, ...problems].map(problemText);
}

const place = /^hosts\.\w+:\d+:\d+: \S/;

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Readonly<Record<string, unknown>>)['polluted']).toBeUndefined();
});

const ini = `# fleet
lone ansible_host=203.0.113.1
[web]
web-[01:03] ansible_user=root tags="['a', {'b': (1, 2)}]"
web-4:2222 note='it # is' # comment
[db:vars]
wireguard_port = 51820
[db]
db-1
[all:children]
web
`;

const piece = fc.oneof(
  fc.constantFrom('[', ']', ':', '=', '"', "'", '\\', '#', '\n', '[a:b:c]', '[0:999999999999]'),
  fc.constantFrom(
    '__proto__=1',
    '[__proto__]',
    '[constructor:vars]\n',
    'polluted',
    '(((((',
    '\u2028',
  ),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(30), piece });

test('bytes cut out and put into an INI file anywhere are mistakes at worst', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
      const text = edits.reduce((before, { at, cut, piece: put }) => {
        const start = Math.floor(at * before.length);
        return before.slice(0, start) + put + before.slice(start + cut);
      }, ini);
      for (const line of problemsOf(parseHosts('hosts.ini', Buffer.from(text, 'latin1')))) {
        expect(line).toMatch(place);
      }
    }),
    { numRuns: 400 },
  );
});

test('any text at all is a hosts file, or a mistake', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.boolean(), (text, hasEnding) => {
      const file = parseHosts(hasEnding ? 'hosts.ini' : 'hosts', Buffer.from(text));
      for (const line of problemsOf(file)) expect(line).toMatch(/^hosts(\.ini)?:\d+:\d+: \S/);
    }),
    { numRuns: 400 },
  );
});

const key = fc.constantFrom(
  'web',
  'all',
  '_meta',
  'hosts',
  'vars',
  'children',
  'hostvars',
  'x',
  '__proto__',
  'constructor',
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom('x', 'web', '', 'a b', '-x', 'x[1:9]', 5, -0.5, true, null),
    fc.array(tie('value'), { maxLength: 4 }),
    // As JSON.parse() has it: `__proto__` is a key like any other.
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((pairs) => {
      const texts = pairs.map(
        ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
      );
      return JSON.parse(`{${texts.join(',')}}`) as unknown;
    }),
  ),
})).value;

test('any JSON that a program prints is an inventory, or a mistake', () => {
  fc.assert(
    fc.property(json, (listed) => {
      const { value: root, problems } = finish(scriptTree('hosts.py', listed, undefined));
      for (const line of problemsOf({ name: 'hosts.py', root, problems }))
        expect(line).toMatch(place);
    }),
    { numRuns: 400 },
  );
});

const million = 1_000_000;

test.each<[string, string]>([
  ['a list of many', `x a="[${'1,'.repeat(million)}]"\n`],
  ['a deep list', `x a="${'['.repeat(million)}"\n`],
  ['many parentheses', `x a="${'(1),'.repeat(million / 4)}"\n`],
  ['a long text', `[all:vars]\na='${'x'.repeat(million)}\n[g]\nx\n`],
  ['many escapes', `[all:vars]\na="${'\\x41'.repeat(million / 4)}"\n[g]\nx\n`],
  ['many quotes', `x a=${'"'.repeat(million)}\n`],
  ['many blanks', `[all:vars]\na${' '.repeat(million)}=${' '.repeat(million / 2)}\n[g]\nx\n`],
  ['many lines', 'x a=1\n'.repeat(million / 8)],
  ['many ranges', `x${'[0:1]'.repeat(million / 8)}\n`],
  ['many brackets', `x${'['.repeat(million)}\n`],
  ['many big ranges', 'x[1:50000]\n'.repeat(1000)],
  ['blanks and no sign', `[all:vars]\na${' '.repeat(million)}b\n[g]\nx\n`],
  ['many sections', `${'[g:vars]\na=1\n'.repeat(million / 16)}[g]\nx\n`],
  ['a long name', `${'x-'.repeat(million / 2)}:22\n`],
  ['many digits', `x a=${'9'.repeat(million)} b=${'1_'.repeat(million / 4)}\n`],
])('an INI file with %s is read in a moment', (_, text) => {
  const startedAt = performance.now();
  const { root } = parseHosts('hosts.ini', Buffer.from(text));
  if (root !== undefined) finish(readHostsFile(root));
  expect(performance.now() - startedAt).toBeLessThan(15_000);
});
