/** Names in a line that stays short, however many there are. */

/** Up to five names; else four, and how many more. */
export function nameList(names: readonly string[]): string {
  if (names.length <= 5) return names.join(', ');
  return `${names.slice(0, 4).join(', ')} and ${String(names.length - 4)} more`;
}
