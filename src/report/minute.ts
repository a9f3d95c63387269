/** A point in time as people read it: `2026-06-14 09:00 UTC`. @param time ISO 8601, UTC */
export function minuteOf(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}
