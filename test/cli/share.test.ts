/** Batches and failures as they are typed. */
import { maxFailOf, serialOf } from '../../src/cli/share';
import { UsageError } from '../../src/cli/usage-error';

test('batches are numbers and percentages of hosts', () => {
  expect(serialOf(undefined)).toEqual([]);
  expect(serialOf('1, 25%,100%')).toEqual([
    { number: 1, isPercentage: false },
    { number: 25, isPercentage: true },
    { number: 100, isPercentage: true },
  ]);
});

test('none may fail, or some, or a part', () => {
  expect(maxFailOf(undefined)).toBeUndefined();
  expect(maxFailOf('0')).toEqual({ number: 0, isPercentage: false });
  expect(maxFailOf('10%')).toEqual({ number: 10, isPercentage: true });
});

test.each(['0', '1,0%', '1,,2', '1,', '-1', '1.5', '101%', 'x', '25 %', '1;2'])(
  '--serial %p is a mistake that is explained',
  (text) => {
    expect(() => serialOf(text)).toThrow(UsageError);
    expect(() => serialOf(text)).toThrow(/--serial .* is no batch; give .* such as 1,25%,100%/);
  },
);

test.each(['', '-1', '1.5', '101%', 'some', '1,2'])(
  '--max-fail %p is a mistake that is explained',
  (text) => {
    expect(() => maxFailOf(text)).toThrow(UsageError);
    expect(() => maxFailOf(text)).toThrow(/--max-fail .*: give a number of hosts or a percentage/);
  },
);
