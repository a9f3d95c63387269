/** A time span as it is given on the command line: `90`, `90s`, `5m`, `1h`. */
import { UsageError } from './usage-error';

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };

/** Seconds. @throws UsageError where it is none, or nothing. */
export function durationSeconds(name: string, given: unknown): number {
  const [, number = '', unit = ''] = /^(\d{1,6})([smh]?)$/.exec(String(given)) ?? [];
  const seconds = Number(number) * (units[unit] ?? 0);
  if (seconds > 0) return seconds;
  throw new UsageError(`--${name} must be a time like 30s, 5m or 1h`);
}
