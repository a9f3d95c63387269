/** The sessions of the mesh as a table, and what of them deserves a second look. */
import type { Colors } from 'picocolors/types';
import { deadAfter, type Handshake } from '../model/handshake';
import { table } from './table';

export function sessionTable(handshakes: readonly Handshake[], colors: Colors): string {
  const rows = handshakes.map((each) => [
    each.host,
    each.peer,
    each.endpoint ?? '-',
    ageText(each.ageSeconds),
    bytesText(each.receivedBytes),
    bytesText(each.sentBytes),
  ]);
  const [head = '', ...lines] = table([
    ['host', 'peer', 'endpoint', 'last handshake', 'received', 'sent'],
    ...rows,
  ])
    .trimEnd()
    .split('\n');
  // Colours come last: they have no width.
  const coloured = lines.map((line, index) => {
    const age = handshakes[index]?.ageSeconds ?? null;
    if (age === null) return colors.red(line);
    return isStale(age) ? colors.yellow(line) : line;
  });
  return [colors.bold(head), ...coloured].join('\n');
}

/** `3 fresh, 1 never shook hands`. */
export function sessionCounts(handshakes: readonly Handshake[]): string {
  const never = handshakes.filter(({ ageSeconds }) => ageSeconds === null).length;
  const stale = handshakes.filter(({ ageSeconds }) => ageSeconds !== null && isStale(ageSeconds));
  const fresh = handshakes.length - never - stale.length;
  const counts = [
    [fresh, 'fresh'],
    [stale.length, 'stale (idle, or broken: verify tells)'],
    [never, 'never shook hands'],
  ] as const;
  return counts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${String(number)} ${what}`)
    .join(', ');
}

function isStale(age: number): boolean {
  return age < 0 || age > deadAfter;
}

/** `41 s ago`, `3 min 4 s ago, STALE`, `NEVER`. */
function ageText(age: number | null): string {
  if (age === null) return 'NEVER';
  if (age < 0) return `in ${durationText(-age)}, STALE`;
  return `${durationText(age)} ago${isStale(age) ? ', STALE' : ''}`;
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units: `2 d 3 h`, `1 min 5 s`, `41 s`. */
function durationText(seconds: number): string {
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first === -1) return '0 s';
  return units
    .slice(first, first + 2)
    .map(([unit, size], index) => {
      const larger = units[first + index - 1];
      const rest = index === 0 || larger === undefined ? seconds : seconds % larger[1];
      return [Math.floor(rest / size), unit] as const;
    })
    .filter(([number]) => number > 0)
    .map(([number, unit]) => `${String(number)} ${unit}`)
    .join(' ');
}

/** As wg(8) counts: `1.50 KiB`. */
function bytesText(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), names.length - 1);
  const number = power === 0 ? String(bytes) : (bytes / 1024 ** power).toFixed(2);
  return `${number} ${names[power] ?? ''}`;
}
