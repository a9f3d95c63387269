/** How often: the intervals that a calendar can have, so that runs come at the same times every day. */

export interface Interval {
  readonly seconds: number;
  /** For OnCalendar=, systemd.time(7). */
  readonly calendar: string;
  /** The five fields of crontab(5); undefined for less than a minute. */
  readonly cron: string | undefined;
}

const units = {
  s: { seconds: 1, divides: 60, least: 10 },
  m: { seconds: 60, divides: 60, least: 1 },
  h: { seconds: 3600, divides: 24, least: 1 },
} as const;

/** `30s`, `15m`, `2h`, `1d`; undefined where it is none, or would leave a remainder. */
export function intervalOf(text: string): Interval | undefined {
  if (text === '1d') {
    return { seconds: 86_400, calendar: '*-*-* 00:00:00', cron: '0 0 * * *' };
  }
  const [, digits = '', letter] = /^([1-9]\d?)([smh])$/.exec(text) ?? [];
  if (letter !== 's' && letter !== 'm' && letter !== 'h') return undefined;
  const number = Number(digits);
  const { seconds, divides, least } = units[letter];
  if (number < least || number >= divides || divides % number !== 0) return undefined;
  const step = String(number);
  const at = {
    s: { calendar: `*-*-* *:*:0/${step}`, cron: undefined },
    m: { calendar: `*-*-* *:0/${step}:00`, cron: `*/${step} * * * *` },
    h: { calendar: `*-*-* 0/${step}:00:00`, cron: `0 */${step} * * *` },
  };
  return { seconds: number * seconds, ...at[letter] };
}

/** What would have been right. */
export const intervalExamples = '10s, 30s, 1m, 5m, 15m, 1h, 6h or 1d: what divides its hour or day';
