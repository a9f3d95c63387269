/** What a watch makes of the looks. */
import type { Check } from '../../src/model/check';
import { overTime } from '../../src/verify/watch';

const check = (status: Check['status'], evidence: string, more: Partial<Check> = {}): Check => ({
  id: 'SC-3',
  host: 'a',
  peer: 'b',
  title: 'the handshake of a with b is fresh',
  status,
  evidence,
  ...more,
});
const later = (afterSeconds: number, ...checks: readonly Check[]) => ({ afterSeconds, checks });
const fresh = check('pass', '9 s old');

test.each<[string, Check, ReturnType<typeof later>[], Pick<Check, 'status' | 'evidence'>]>([
  ['nothing, where there is no later look', fresh, [], { status: 'pass', evidence: '9 s old' }],
  [
    'a pass, where it held each time',
    fresh,
    [later(15, check('pass', '24 s old')), later(20, check('pass', '29 s old'))],
    { status: 'pass', evidence: '29 s old; it held at all 3 looks, the last after 20 s' },
  ],
  [
    'a failure and when, even where it has come back since',
    fresh,
    [later(15, check('fail', '181 s old')), later(30, check('pass', '2 s old'))],
    { status: 'fail', evidence: 'after 15 s: 181 s old' },
  ],
  [
    'a warning',
    fresh,
    [later(15, check('warn', 'the clock went back'))],
    { status: 'warn', evidence: 'after 15 s: the clock went back' },
  ],
  [
    'no pass of what could not be looked at any more',
    fresh,
    [later(15, check('pass', '24 s old', { title: 'another' }))],
    { status: 'skip', evidence: 'after 15 s it could not be looked at any more' },
  ],
  [
    'the failure of the first look',
    check('fail', 'there never was one'),
    [later(15, fresh)],
    { status: 'fail', evidence: 'there never was one' },
  ],
])('%s', (_, first, laters, expected) => {
  expect(overTime([first], laters)).toMatchObject([expected]);
});

test('a check of no peer is left as it is', () => {
  const { id, host, title, status, evidence } = fresh;
  const alone: Check = { id, host, title, status, evidence };
  expect(overTime([alone], [later(15)])).toEqual([alone]);
});
