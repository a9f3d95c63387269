/** Ports as a service or an exception declares them. */

export type Protocol = 'tcp' | 'udp';

/** `first` to `last`, both included; one port where they are equal. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Reads `5432` or `9100-9110`; undefined where the text is no port or range of ports. */
export function portRange(text: string | number): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(text));
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last > 65_535 || last < first) return undefined;
  return { first, last };
}

/** Is the port one of the range? */
export function isPortIn(port: number, { first, last }: PortRange): boolean {
  return first <= port && port <= last;
}

/** Every port of the ranges, ascending as the ranges are. */
export function portsOf(ranges: readonly PortRange[]): readonly number[] {
  return ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
}

/** A range as its declaration writes it, or with another separator as a tool wants it. */
export function rangeText({ first, last }: PortRange, separator = '-'): string {
  return first === last ? String(first) : `${String(first)}${separator}${String(last)}`;
}

/** Ports in few words, those in a row as a range: `9092, 9100-9150`. */
export function portsText(ports: readonly number[]): string {
  const ranges: PortRange[] = [];
  for (const port of ports.toSorted((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last === undefined || port > last.last + 1) ranges.push({ first: port, last: port });
    else ranges[ranges.length - 1] = { first: last.first, last: port };
  }
  return ranges.map((range) => rangeText(range)).join(', ');
}
