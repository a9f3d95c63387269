/**
 * Ansible's host patterns, as `--limit` takes them: names of hosts and groups, globs, `,` or `:`
 * between them, `!pattern` to exclude and `&pattern` to intersect. As in Ansible, all inclusions
 * come first, then the intersections, then the exclusions, whatever their order.
 */
import type { Host } from './host';

export type Selected =
  | { readonly kind: 'selected'; readonly hosts: readonly Host[] }
  /** A part that no host or group answers to: most likely a slip of the pen. */
  | { readonly kind: 'unknown'; readonly part: string }
  | { readonly kind: 'empty' };

/** The hosts that the pattern means, in the order of the inventory. */
export function select(pattern: string, hosts: readonly Host[]): Selected {
  const parts = pattern
    .split(/[,:]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) return { kind: 'empty' };
  const byName = new Map(parts.map((part) => [part, matching(part.replace(/^[!&]/, ''), hosts)]));
  for (const [part, found] of byName) {
    if (found.size === 0) return { kind: 'unknown', part: part.replace(/^[!&]/, '') };
  }
  const included = parts.filter((part) => !/^[!&]/.test(part));
  const all = new Set(hosts.map((host) => host.name));
  const start = included.length === 0 ? all : union(included, byName);
  const chosen = parts.reduce((names, part) => {
    const found = byName.get(part) ?? new Set<string>();
    if (part.startsWith('&')) return filter(names, (name) => found.has(name));
    if (part.startsWith('!')) return filter(names, (name) => !found.has(name));
    return names;
  }, start);
  if (chosen.size === 0) return { kind: 'empty' };
  return { kind: 'selected', hosts: hosts.filter((host) => chosen.has(host.name)) };
}

function matching(part: string, hosts: readonly Host[]): ReadonlySet<string> {
  const glob = new RegExp(`^${part.replace(globPart, regexPart)}$`);
  return new Set(
    hosts
      .filter((host) => glob.test(host.name) || host.groups.some((group) => glob.test(group)))
      .map((host) => host.name),
  );
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
  byName: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  return new Set(parts.flatMap((part) => [...(byName.get(part) ?? [])]));
}

function filter(names: ReadonlySet<string>, keep: (name: string) => boolean): ReadonlySet<string> {
  return new Set([...names].filter(keep));
}
