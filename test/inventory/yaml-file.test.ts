/** YAML files: places, limits, and what is no file at all. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { problemText } from '../../src/model/problem';
import { parseYaml, readYaml } from '../../src/inventory/yaml-file';
import { child, entries, items, plain, problemAt } from '../../src/inventory/yaml-node';
import { directoryOf } from './directory';

const parsed = (text: string) => parseYaml('x.yaml', Buffer.from(text));
const valueOf = (text: string): unknown => {
  const { root } = parsed(text);
  return root === undefined ? 'nothing is known' : plain(root);
};
const messagesOf = (text: string): readonly string[] => parsed(text).problems.map(problemText);

test('every value knows the place of its key and its own', () => {
  const { root } = parsed('a:\n  b: [1,\n      { c: x }]\n');
  const b = child(root, 'a', 'b');
  const [one, two] = items(b);
  const c = child(two, 'c');
  expect(b).toMatchObject({ keyPlace: { line: 2, column: 3 }, place: { line: 2, column: 6 } });
  expect(one?.place).toEqual({ line: 2, column: 7 });
  expect(c).toMatchObject({ keyPlace: { line: 3, column: 9 }, place: { line: 3, column: 12 } });
  expect(c === undefined ? '' : problemText(problemAt(c, 'm', { at: 'key' }))).toBe(
    'x.yaml:3:9: m',
  );
});

test('a mistake behind an alias stands where the value is written, its key where the alias is', () => {
  const { root } = parsed('a: &x { p: 1 }\nb: *x\n');
  const b = child(root, 'b');
  expect(b).toMatchObject({ keyPlace: { line: 2, column: 1 }, place: { line: 1, column: 7 } });
});

test.each([
  ['a: yes', { a: 'yes' }],
  ['a: 2027-03-31', { a: '2027-03-31' }],
  ['%YAML 1.1\n---\na: 2027-03-31\nb: off', { a: '2027-03-31', b: 'off' }],
  ['a: 203.0.113.1:51820', { a: '203.0.113.1:51820' }],
  ['a: ~', { a: null }],
  ['a:', { a: null }],
  ['a: !vault |-\n  x', { a: 'x' }],
  ['? a', { a: null }],
  ['- &a 1\n- *a', [1, 1]],
  ['\ufeffa: 1', { a: 1 }],
  ['a: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
  ['', null],
])('%j is read', (text, value) => {
  expect([messagesOf(text), valueOf(text)]).toEqual([[], value]);
});

test.each([
  ['? [a, b]\n: 1', 'x.yaml:1:3: a key must be a word'],
  [': 1', 'x.yaml:1:1: a key must be a word'],
  ['<<: 1', 'x.yaml:1:5: only a mapping can be merged'],
  ['a: 1\na: 2', 'x.yaml:2:1: the key "a" is there twice; the first is in line 1'],
  ['__proto__: 1', 'x.yaml:1:1: the key "__proto__" is not allowed'],
  ['a: *b', 'x.yaml:1:4: the alias "b" has no anchor before it'],
  ['a: "', 'x.yaml:1:5: this is not YAML: missing closing "quote'],
])('%j is told with its place', (text, message) => {
  expect(messagesOf(text)).toEqual([message]);
});

test('no key reaches a prototype', () => {
  const { root } = parsed(
    '{ __proto__: { polluted: 1 }, constructor: { prototype: { polluted: 1 } } }',
  );
  expect(entries(root).map(([key]) => key)).toEqual(['constructor']);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test.each([
  ['aliases that unfold to billions', bomb(12)],
  ['brackets in brackets', '['.repeat(100_000)],
  ['lists in lists', '- '.repeat(50_000)],
  ['mappings in mappings', '{a: '.repeat(20_000)],
  ['keys that are mappings', '? '.repeat(20_000)],
  ['70 levels', `${'['.repeat(70)}${']'.repeat(70)}`],
  ['a file of 3 MiB', ' '.repeat(3 * 1024 * 1024)],
])('%s are a mistake, and take no long time', (_, text) => {
  const started = Date.now();
  const { root, problems } = parsed(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.message).toMatch(/too (?:large|deeply)/);
  expect(root === undefined || JSON.stringify(plain(root)).length < 1000).toBe(true);
  expect(Date.now() - started).toBeLessThan(5000);
});

test('a file that cannot be parsed has no more than a screen of mistakes', () => {
  expect(messagesOf('a: }\n'.repeat(1000)).length).toBeLessThanOrEqual(20);
});

test('what is not a regular file is a mistake, and is not waited for', async () => {
  const directory = directoryOf({ 'd/x': '' });
  const pipe = path.join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const file of [pipe, path.join(directory, 'd'), '/dev/zero']) {
    const found = await readYaml(file, 'x');
    expect(found?.problems.map(problemText)).toEqual(['x:1:1: this is not a regular file']);
  }
});

test('a file that is not there is no mistake here', async () => {
  const directory = directoryOf({ file: '' });
  expect(await readYaml(path.join(directory, 'none'), 'x')).toBeUndefined();
  expect(await readYaml(path.join(directory, 'file/none'), 'x')).toBeUndefined();
});

test('a file that may not be read is a mistake', async () => {
  const directory = directoryOf({});
  const loop = path.join(directory, 'loop');
  execFileSync('ln', ['-s', 'loop', loop]);
  const found = await readYaml(loop, 'x');
  expect(found?.problems.map(problemText)).toEqual(['x:1:1: this file cannot be read (ELOOP)']);
});

function bomb(levels: number): string {
  const lines = Array.from({ length: levels }, (_, level) => {
    const parts = level === 0 ? '1' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 10 }, () => parts).join(', ')}]\n`;
  });
  return lines.join('');
}
