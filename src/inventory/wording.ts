/** How messages quote what was found, list what would be right, and guess what was meant. */
import { closest as nearest, distance } from 'fastest-levenshtein';
import { printable } from '../model/secret';

const longest = 60;

/** A found text in quotes: keys hidden, control characters escaped, cut short. */
export function shown(text: string): string {
  // Hidden before it is cut: half a key is still too much of it.
  const safe = printable(text.slice(0, 10_000)).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `"${safe.length > longest ? `${safe.slice(0, longest)}…` : safe}"`;
}

/** `"tcp"`, `"tcp" or "udp"`. */
export function either(texts: readonly string[]): string {
  const all = texts.map(shown);
  const last = all.pop() ?? '';
  return all.length === 0 ? last : `${all.join(', ')} or ${last}`;
}

/** `; did you mean "wireguard"?` where one of the known words is near; else what there is. */
export function suggestion(word: string, known: Iterable<string>): string {
  const words = [...known].sort();
  const near = nearTo(word, words);
  if (near !== undefined) return `; did you mean ${shown(near)}?`;
  if (words.length === 0) return '';
  const few = words.slice(0, 12).map(shown);
  return `; known: ${few.join(', ')}${words.length > few.length ? ', …' : ''}`;
}

/** The nearest of the known words, where one is near. */
export function nearTo(word: string, known: readonly string[]): string | undefined {
  // The distance of two long texts costs as much as both are long together.
  const near = word.length > 64 ? [] : known.filter((other) => isNear(word, other));
  return near.length === 0 ? undefined : nearest(word, near);
}

/** Near are a few slips, or the same letters in another order. */
function isNear(word: string, other: string): boolean {
  const allowed = Math.max(1, Math.floor(word.length / 3));
  if (lettersOf(word) === lettersOf(other)) return true;
  if (Math.abs(word.length - other.length) > allowed) return false;
  return distance(word.toLowerCase(), other.toLowerCase()) <= allowed;
}

function lettersOf(word: string): string {
  return Array.from(word.toLowerCase()).sort().join('');
}
