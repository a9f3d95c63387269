/** Golden cases: a broken inventory and exactly what is said about it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { problemText } from '../../src/model/problem';
import { load } from './directory';

const golden = path.join(__dirname, '../golden/broken');
const cases = readdirSync(golden).sort();

test('there are cases', () => {
  expect(cases.length).toBeGreaterThanOrEqual(100);
});

test.each(cases)('%s: every mistake is told with its place, all at once', async (name) => {
  const expected = path.join(golden, name, 'expected.txt');
  expect(existsSync(expected)).toBe(true);
  const found = await load(path.join(golden, name));
  const lines = found.kind === 'invalid' ? found.problems.map(problemText) : ['nothing'];
  expect(`${lines.join('\n')}\n`).toBe(readFileSync(expected, 'utf8'));
});

test('no message has a stack, a control character or a whole key in it', () => {
  for (const name of cases) {
    const text = readFileSync(path.join(golden, name, 'expected.txt'), 'utf8');
    expect(text).not.toMatch(/\n\s+at |[^\n\x20-\x7e…]|[A-Za-z0-9+/]{43}=/);
  }
});
