/**
 * Ansible's host patterns, as `--limit` takes them: names of hosts and groups, globs, `~regex`,
 * `group[0]` and `group[0:2]`, `,` or `:` between them, `!pattern` to exclude and `&pattern` to
 * intersect. As in Ansible, all inclusions come first, then the intersections, then the exclusions,
 * whatever their order.
 *
 * In one thing we differ: `web-[0-9]` is a glob, where Ansible takes it for a range of places and
 * finds nobody.
 */
import type { Host } from './host';

/** Names in the order in which the inventory has them: `web[0]` is the first that is written. */
export interface WrittenOrder {
  readonly hosts: readonly string[];
  /** The hosts of each group, those of its children included. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

export type Selected =
  | { readonly kind: 'selected'; readonly hosts: readonly Host[] }
  /** A part that no host or group answers to: most likely a slip of the pen. */
  | { readonly kind: 'unknown'; readonly part: string }
  | { readonly kind: 'empty' };

/** The parts of a pattern; a part `@FILE` stands for the lines of a file, each a part. */
export function partsOf(pattern: string): readonly string[] {
  return pattern
    .split(',')
    .flatMap((list) => list.match(/(?:[^:[]|\[[^\]]*\]|\[)+/g) ?? [])
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The hosts that the parts of a pattern mean, in the order of `hosts`. */
export function select(
  parts: readonly string[],
  hosts: readonly Host[],
  order: WrittenOrder,
): Selected {
  if (parts.length === 0) return { kind: 'empty' };
  const found = new Map(parts.map((part) => [part, matching(bare(part), order)]));
  for (const [part, names] of found) {
    if (names.size === 0) return { kind: 'unknown', part: bare(part) };
  }
  const included = parts.filter((part) => !/^[!&]/.test(part));
  const all = new Set(hosts.map((host) => host.name));
  const start = included.length === 0 ? all : union(included, found);
  const chosen = parts.reduce((names, part) => {
    const these = found.get(part) ?? new Set<string>();
    if (part.startsWith('&')) return filter(names, (name) => these.has(name));
    if (part.startsWith('!')) return filter(names, (name) => !these.has(name));
    return names;
  }, start);
  const selected = hosts.filter((host) => chosen.has(host.name));
  return selected.length === 0 ? { kind: 'empty' } : { kind: 'selected', hosts: selected };
}

function bare(part: string): string {
  return part.replace(/^[!&]/, '');
}

function matching(part: string, order: WrittenOrder): ReadonlySet<string> {
  if (part.startsWith('~')) return new Set(everyMatch(compiled(part.slice(1)), order));
  const [, expression, place, first, last] = subscript.exec(part) ?? [];
  if (expression === undefined) return new Set(globMatches(part, order));
  const names = globMatches(expression, order);
  if (place !== undefined) return one(names, Number(place));
  return new Set(names.slice(Number(first), last === '' ? undefined : Number(last) + 1));
}

/** `web[0]`, `web[-1]`, `web[0:2]` (both included), `web[2:]`. */
const subscript = /^(.+)\[(?:(-?\d+)|(\d+):(\d*))\]$/;

function one(names: readonly string[], place: number): ReadonlySet<string> {
  const name = names.at(place);
  return new Set(name === undefined ? [] : [name]);
}

/** A plain word that names a group means that group; else hosts are looked at as well. */
function globMatches(part: string, order: WrittenOrder): readonly string[] {
  const glob = compiled(`${part.replace(globPart, regexPart)}$`);
  if (glob === undefined) return [];
  if (/[.?*[]/.test(part)) return everyMatch(glob, order);
  const ofGroups = groupMatches(glob, order);
  return ofGroups.length > 0 ? ofGroups : order.hosts.filter((host) => glob.test(host));
}

function everyMatch(expression: RegExp | undefined, order: WrittenOrder): readonly string[] {
  if (expression === undefined) return [];
  const hosts = order.hosts.filter((host) => expression.test(host));
  return [...groupMatches(expression, order), ...hosts];
}

function groupMatches(expression: RegExp, { groups }: WrittenOrder): readonly string[] {
  return [...groups].flatMap(([name, hosts]) => (expression.test(name) ? hosts : []));
}

/** From the start of a name, as Python's re.match(); undefined where it is no regular expression. */
function compiled(source: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${source})`);
  } catch {
    return undefined;
  }
}

/** A class in brackets, which `!` at its start turns round; or one character. */
const globPart = /\[(!?)([^\]]+)\]|[^]/g;

function regexPart(text: string, not: string | undefined, members: string | undefined): string {
  if (members !== undefined)
    return `[${not === '!' ? '^' : ''}${members.replace(/[\\^[]/g, '\\$&')}]`;
  if (text === '*') return '.*';
  if (text === '?') return '.';
  return text.replace(/[.+^${}()|[\]\\*?]/, '\\$&');
}

function union(
  parts: readonly string[],
  found: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  return new Set(parts.flatMap((part) => [...(found.get(part) ?? [])]));
}

function filter(names: ReadonlySet<string>, keep: (name: string) => boolean): ReadonlySet<string> {
  return new Set([...names].filter(keep));
}
