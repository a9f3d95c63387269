/** At least one. */
export type Group<T> = readonly [T, ...T[]];

/** What has one key together, groups and their members in the order they come. */
export function groupedBy<T>(all: Iterable<T>, keyOf: (each: T) => string): readonly Group<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const each of all) {
    const key = keyOf(each);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()];
}
