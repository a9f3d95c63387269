/** Time spans as they are typed. */
import { durationSeconds } from '../../src/cli/duration';
import { UsageError } from '../../src/cli/usage-error';

test.each([
  ['90', 90],
  ['90s', 90],
  ['5m', 300],
  ['1h', 3600],
])('%s', (text, seconds) => {
  expect(durationSeconds('watch', text)).toBe(seconds);
});

test.each(['', '0', '0m', '-1s', '5 m', '1d', '1.5h', 'm', '99999999'])(
  '%p is a mistake that is explained',
  (text) => {
    expect(() => durationSeconds('watch', text)).toThrow(UsageError);
    expect(() => durationSeconds('watch', text)).toThrow('--watch must be a time like 30s, 5m');
  },
);
