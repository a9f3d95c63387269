/**
 * Imports as golden cases: test/golden/import/NAME has a source, and what comes of it in expected.txt;
 * UPDATE_GOLDEN=1 writes it anew, for review.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { importFrom } from '../../src/inventory/import-source';
import { finish } from '../../src/inventory/reading';
import { parseWgQuick } from '../../src/inventory/wg-quick-file';
import { importWgQuick } from '../../src/inventory/wg-quick-import';
import { writeNewDirectory } from '../../src/inventory/new-directory';
import { problemText } from '../../src/model/problem';
import { directoryOf, load } from './directory';

const golden = path.join(__dirname, '../golden/import');
const today = '2026-06-15';

async function imported(directory: string, source: string) {
  const found = await importFrom(source, directory, today);
  if (found.kind === 'imported') return found;
  throw new Error([...found.problems.map(problemText), found.why].join('\n'));
}

test.each(readdirSync(golden))('%s comes out as expected, and validates', async (name) => {
  const { files, notes } = await imported(path.join(golden, name), 'source');
  const shown = [...files].filter(([file]) => !file.startsWith('.schemas/'));
  const text = [
    ...notes.map((note) => `${problemText(note)}\n`),
    ...shown.map(([file, content]) => `\n==> ${file}\n${content}`),
  ].join('');
  const expected = path.join(golden, name, 'expected.txt');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(expected, text);
  expect(text).toBe(readFileSync(expected, 'utf8'));

  const directory = path.join(directoryOf({}), 'prod');
  await writeNewDirectory(directory, files);
  const loaded = await load(directory);
  expect(loaded.kind === 'invalid' ? loaded.problems.map(problemText) : []).toEqual([]);
});

test('no private or preshared key is shown or stored', async () => {
  const { files, notes } = await imported(path.join(golden, 'wg-quick'), 'source');
  const all = [...files.values(), ...notes.map(problemText)].join('\n');
  expect(all).not.toContain('cHJpdmF0ZSBrZXlzIG11c3QgbmV2ZXIgYmUgc2Vlbi4=');
  const bytes = readFileSync(path.join(golden, 'wg-quick/source/alpha.conf'));
  expect(JSON.stringify([...walk(parseWgQuick('x', bytes).root)])).not.toContain('cHJpdm');
});

test.each([
  [
    'Address = 10.0.0.1/24',
    'a.conf:1:1: "Address = 10.0.0.1/24" is no line of a wg-quick configuration: [Interface] or [Peer] before it',
  ],
  [
    '[Interface]\nfoo',
    'a.conf:2:1: "foo" is no line of a wg-quick configuration: a section or KEY = VALUE',
  ],
  [
    '[Interface]\n[Nonsense]',
    'a.conf:2:1: "[Nonsense]" is no line of a wg-quick configuration: a section or KEY = VALUE',
  ],
])('%j is refused', async (text, message) => {
  const found = await importFrom('a.conf', directoryOf({ 'a.conf': text }), today);
  expect(found.kind).toBe('failed');
  expect(found.kind === 'failed' && found.problems.map(problemText)).toEqual([message]);
});

test('what would not validate is not made, and why is said', async () => {
  const config = '[Interface]\nAddress = 10.0.0.0/24\n';
  const found = await importFrom('a.conf', directoryOf({ 'a.conf': config }), today);
  expect(found.kind === 'failed' && found.problems.map(problemText).join('\n')).toContain(
    '10.0.0.0 is the network address of 10.0.0.0/24; no host can have it',
  );
});

test('there is nothing to import from', async () => {
  for (const source of ['nothing', 'empty', 'empty/x.conf']) {
    const found = await importFrom(source, directoryOf({ 'empty/readme': '' }), today);
    expect(found.kind).toBe('failed');
  }
});

test('whatever is in a configuration: what is wrong is said, and nothing throws', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '[Interface]',
      '[Peer]',
      '[Peer] # a',
      '# Name: b',
      'Address = ',
      '__proto__ = 1',
    ),
    fc
      .record({
        key: fc.constantFrom(
          'Address',
          'AllowedIPs',
          'PublicKey',
          'Endpoint',
          'ListenPort',
          'MTU',
          'PersistentKeepalive',
          'PostUp',
          'constructor',
        ),
        value: fc.oneof(
          fc.string(),
          fc.constantFrom(
            '10.0.0.1/24',
            '10.0.0.2',
            '::/0',
            'fd00::1/64',
            '1.2.3.4:5',
            '99999',
            'HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=',
          ),
        ),
      })
      .map(({ key, value }) => `${key} = ${value}`),
  );
  const file = fc
    .array(line, { maxLength: 12 })
    .map((lines) => ['[Interface]', ...lines].join('\n'));
  fc.assert(
    fc.property(fc.array(file, { minLength: 1, maxLength: 3 }), (texts) => {
      const configs = texts.flatMap((text, index) => {
        const { root } = parseWgQuick(`h${String(index)}.conf`, Buffer.from(text));
        return root === undefined ? [] : [{ host: `h${String(index)}`, root }];
      });
      const { problems } = finish(importWgQuick(configs));
      for (const problem of problems)
        expect(problemText(problem)).toMatch(/^h\d\.conf:\d+:\d+: \S/);
    }),
    { numRuns: 300 },
  );
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

/** Every text in a tree. */
function* walk(value: unknown): Generator {
  if (value instanceof Map) for (const part of value.values()) yield* walk(part);
  else if (Array.isArray(value)) for (const part of value as readonly unknown[]) yield* walk(part);
  else if (typeof value === 'object' && value !== null && 'value' in value)
    yield* walk(value.value);
  else yield value;
}
