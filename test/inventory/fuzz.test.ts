/** Whatever is in the files: mistakes are values, and nothing throws. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { finish } from '../../src/inventory/reading';
import { readInventory } from '../../src/inventory/whole-inventory';
import { parseYaml, type YamlFile } from '../../src/inventory/yaml-file';
import { problemText } from '../../src/model/problem';

const names = ['hosts', 'mesh', 'services', 'exceptions', 'lock'] as const;
type Name = (typeof names)[number];

const complete = path.join(__dirname, '../../inventory/complete');
const locked = 'version: 1\nhosts:\n  db-1: { addresses: [10.50.0.21, "fd50:50:50::21"] }\n';

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
    lock: file('lock'),
  };
  const { problems } = finish(readInventory('fuzz', texts, '/', '2026-06-15'));
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
  fc.constantFrom(...odd, '__proto__: ', 'all', '0.0.0.0/0', '::', '$x', '{{ x }}', '|\n', '---\n'),
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
