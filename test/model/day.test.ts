/** Days counted without a clock are the days that the clock would count. */
import fc from 'fast-check';
import { dayAfter, daysBetween } from '../../src/model/day';

const dayMs = 86_400_000;
const first = Date.parse('1900-01-01T00:00:00Z') / dayMs;
const dayOf = (number: number): string => new Date(number * dayMs).toISOString().slice(0, 10);
const number = fc.integer({ min: first, max: first + 400 * 366 });

test('a day so many days after another is the one that the calendar says', () => {
  const property = fc.property(number, fc.integer({ min: -4000, max: 4000 }), (day, days) => {
    expect(dayAfter(dayOf(day), days)).toBe(dayOf(day + days));
    expect(daysBetween(dayOf(day), dayOf(day + days))).toBe(days);
  });
  fc.assert(property, { numRuns: 2000 });
});

test.each([
  ['2024-02-28', 1, '2024-02-29'],
  ['2026-02-28', 1, '2026-03-01'],
  ['2100-02-28', 1, '2100-03-01'],
  ['2000-02-29', 366, '2001-03-01'],
  ['2026-12-31', 1, '2027-01-01'],
  ['2026-06-15', 30, '2026-07-15'],
  ['2026-06-15', 0, '2026-06-15'],
])('%s and %i days are %s', (day, days, expected) => {
  expect(dayAfter(day, days)).toBe(expected);
});
