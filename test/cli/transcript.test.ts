/** What --verbose shows of the talk with a host. */
import { randomBytes } from 'node:crypto';
import { transcript } from '../../src/cli/transcript';

test('what was run and what was said stand line by line, behind the name of the host', () => {
  const exchanges = [
    { asked: 'one', answer: { exitCode: 0, stdout: 'a\n\nb', stderr: '' } },
    { asked: 'two\nlines', answer: { exitCode: 3, stdout: '', stderr: 'no such thing\n' } },
    { asked: 'nothing', answer: { exitCode: 0, stdout: '', stderr: '' } },
  ];
  expect(transcript('web-1', exchanges).split('\n')).toEqual([
    ...['web-1 $ one', 'web-1 > a', 'web-1 >', 'web-1 > b'],
    ...['web-1 $ two', 'web-1 $ lines', 'web-1 ! no such thing', 'web-1 = exit code 3'],
    'web-1 $ nothing',
  ]);
});

test('a key is hidden wherever it stands, and no cursor is moved', () => {
  const key = randomBytes(32).toString('base64');
  const text = transcript('a', [
    {
      asked: `wg set wg0 private-key ${key}`,
      answer: { exitCode: 1, stdout: `k=${key}\u001b[2J`, stderr: `${key}: bad\r` },
    },
  ]);
  expect(text).not.toContain(key.slice(0, 20));
  expect(text.split('\n')).toEqual([
    'a $ wg set wg0 private-key (hidden)',
    'a > k=(hidden)\\x1b[2J',
    'a ! (hidden): bad',
    'a = exit code 1',
  ]);
});
