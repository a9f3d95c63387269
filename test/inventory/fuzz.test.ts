/** Whatever is in the files: mistakes are values, and nothing throws. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { finish } from '../../src/inventory/reading';
import { readInventory } from '../../src/inventory/whole-inventory';
import { parseHosts } from '../../src/inventory/hosts-source';
import { parseYaml, type YamlFile } from '../../src/inventory/yaml-file';
import { allocate } from '../../src/model/allocation';
import { adviceOn, overviewOf } from '../../src/model/overview';
import { problemText } from '../../src/model/problem';
import { keyOf, today } from '../model/fleet';

/** Own properties of what everything inherits from: a polluted one would show here. */
const inherited = () =>
  [Object, Array, Map, Function].map((each) => Reflect.ownKeys(each.prototype));
const untouched = inherited();

afterEach(() => {
  expect(inherited()).toEqual(untouched);
});

const names = ['hosts', 'mesh', 'services', 'exceptions', 'ignores', 'lock'] as const;
type Name = (typeof names)[number];

const complete = path.join(__dirname, '../../inventory/complete');
const locked = `version: 1
hosts:
  db-1: { addresses: [10.50.0.21, 'fd50:50:50::21'], public_key: ${keyOf('db-1')} }
  web-0: { addresses: [10.50.0.1, 'fd50:50:50::1'], public_key: ${keyOf('web-0')} }
retired:
  old-1: { addresses: [10.50.0.9], since: 2026-06-01, public_key: ${keyOf('old-1')} }
  old-2: { addresses: [10.50.0.10, 'fd50:50:50::a'], since: 2020-01-01 }
`;

function original(name: Name): Buffer {
  return name === 'lock' ? Buffer.from(locked) : readFileSync(path.join(complete, `${name}.yaml`));
}

/** Parsed once; only the changed one is parsed again. */
const valid = new Map(names.map((name) => [name, parseYaml(`${name}.yaml`, original(name))]));

function problemsOf(changed: Name, bytes: Uint8Array): readonly string[] {
  const file = (name: Name): YamlFile => {
    const known = name === changed ? undefined : valid.get(name);
    return known ?? parseYaml(`${name}.yaml`, bytes);
  };
  const texts = {
    hosts: file('hosts'),
    mesh: file('mesh'),
    services: file('services'),
    exceptions: file('exceptions'),
    ignores: file('ignores'),
    lock: file('lock'),
  };
  const startedAt = Date.now();
  const { value, problems } = finish(readInventory('fuzz', texts, '/', today));
  // What has been read, with mistakes or without, can be counted and given addresses.
  const { lock } = allocate(value.inventory, value.lock, today);
  overviewOf(value.inventory, lock);
  adviceOn(value.inventory, today);
  expect(Date.now() - startedAt).toBeLessThan(10_000);
  return [...Object.values(texts).flatMap((text) => text.problems), ...problems].map(problemText);
}

const odd = [
  '{',
  '[',
  '&a ',
  '*a',
  '- ',
  ': ',
  '\n',
  '\t',
  '"',
  '!!binary ',
  '<<: ',
  '? ',
  '1e9',
  '~',
];
const piece = fc.oneof(
  fc.constantFrom(
    ...odd,
    '__proto__: ',
    'constructor: ',
    'prototype',
    '{ polluted: 1 }',
    'all',
    '0.0.0.0/0',
    '::',
    '$x',
    '{{ x }}',
    '|\n',
    '---\n',
  ),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(40), piece });

test('the files as they are have no mistake', () => {
  expect(problemsOf('lock', original('lock'))).toEqual([]);
});

test('bytes cut out and put in anywhere are mistakes at worst', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (name, edits) => {
        const bytes = edits.reduce((text, { at, cut, piece: put }) => {
          const start = Math.floor(at * text.length);
          const rest = text.subarray(start + cut);
          return Buffer.concat([text.subarray(0, start), Buffer.from(put, 'latin1'), rest]);
        }, original(name));
        for (const line of problemsOf(name, bytes)) expect(line).toMatch(/^\w+\.yaml:\d+:\d+: \S/);
      },
    ),
    { numRuns: 200 },
  );
});

test('any value in the place of any other is a mistake at worst', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.jsonValue({ maxDepth: 5 }),
      fc.nat(),
      (name, value, n) => {
        const lines = original(name).toString().split('\n');
        const keys = lines.flatMap((line, index) => (/^\s*[\w-]+:/.test(line) ? [index] : []));
        const index = keys[n % keys.length] ?? 0;
        lines[index] = (lines[index] ?? '').replace(/:.*/, `: ${JSON.stringify(value)}`);
        for (const line of problemsOf(name, Buffer.from(lines.join('\n')))) {
          expect(line).toMatch(/^\w+\.yaml:\d+:\d+: \S/);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('keys that reach for a prototype, anywhere, reach none', () => {
  const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  const key = fc.constantFrom(...keys, 'all', 'hosts', 'vars', 'children', 'network', 'services');
  const tree: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom('polluted', '{}', '[]', 'null', '1'),
      fc
        .array(fc.tuple(key, tie('node')), { maxLength: 4 })
        .map((pairs) => `{ ${pairs.map(([name, value]) => `${name}: ${value}`).join(', ')} }`),
    ),
  })).node;
  const property = fc.property(fc.constantFrom(...names), tree, (name, text) => {
    for (const line of problemsOf(name, Buffer.from(text))) {
      expect(line).toMatch(/^\w+\.yaml:\d+:\d+: \S/);
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
  fc.assert(property, { numRuns: 200 });
});

test('a hosts file in INI with anything in it has mistakes at worst', () => {
  const word = fc.oneof(
    fc.constantFrom('[web]', '[web:children]', '[all:vars]', '[__proto__]', '[x:y]', 'web-[1:3]'),
    fc.constantFrom(
      'a[99:1]',
      'h[a:z:0]',
      'x=1',
      'ansible_host=',
      '="',
      "='",
      '{{ x }}',
      '# c',
      ';',
    ),
    fc.constantFrom('__proto__=1', 'constructor.prototype=1', 'wg_address=10.50.0.7', '[[[', ']'),
    fc.string({ maxLength: 6 }),
  );
  const line = fc.array(word, { maxLength: 5 }).map((words) => words.join(' '));
  const property = fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
    const hosts = parseHosts('hosts.ini', Buffer.from(lines.join('\n')));
    const others = {
      ...{ mesh: undefined, services: undefined, exceptions: undefined, ignores: undefined },
      lock: undefined,
    };
    const { problems } = finish(readInventory('fuzz', { hosts, ...others }, '/', today));
    for (const problem of [...hosts.problems, ...problems]) {
      expect(problemText(problem)).toMatch(/^hosts\.ini:\d+:\d+: \S/);
    }
  });
  fc.assert(property, { numRuns: 300 });
});
