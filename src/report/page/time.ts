/** Points in time as people read them, in UTC, and in one piece. */
import { minuteOf } from '../minute';
import { type Markup, markup } from './markup';

/** @param day `YYYY-MM-DD` */
export function dayText(day: string): Markup {
  return markup`<time class="day">${day}</time>`;
}

/** To the minute. @param time ISO 8601, UTC */
export function minuteText(time: string): Markup {
  return markup`<time class="day" datetime="${time}">${minuteOf(time)}</time>`;
}
