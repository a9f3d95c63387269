/**
 * Days of the calendar, `YYYY-MM-DD`, as texts that sort by time. They are counted without a clock:
 * which day it is comes in as an argument.
 */

/** The day that is so many days after this one. */
export function dayAfter(day: string, days: number): string {
  return dayOf(numberOf(day) + days);
}

/** How many days it is from one to the other; negative where the other is earlier. */
export function daysBetween(one: string, other: string): number {
  return numberOf(other) - numberOf(one);
}

/** Days since the first of March of the year 0; a leap day is the last one of such a year. */
function numberOf(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const marchYear = month > 2 ? year : year - 1;
  return daysBefore(marchYear) + daysBeforeMonth((month + 9) % 12) + date - 1;
}

function dayOf(number: number): string {
  let marchYear = Math.floor(number / 365.2425);
  // The average year is off by a day at most, to either side.
  if (daysBefore(marchYear) > number) marchYear -= 1;
  if (daysBefore(marchYear + 1) <= number) marchYear += 1;
  const rest = number - daysBefore(marchYear);
  const marchMonth = Math.floor((5 * rest + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = month > 2 ? marchYear : marchYear + 1;
  const date = rest - daysBeforeMonth(marchMonth) + 1;
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(date, 2)}`;
}

function daysBefore(year: number): number {
  return 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
}

/** From March on, five months have 153 days, over and over. */
function daysBeforeMonth(marchMonth: number): number {
  return Math.floor((153 * marchMonth + 2) / 5);
}

function padded(number: number, length: number): string {
  return String(number).padStart(length, '0');
}
