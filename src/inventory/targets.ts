/** Names of hosts and groups, as a service or a role lists them, to the hosts they stand for. */
import type { Reading } from './reading';
import { shown, suggestion } from './wording';
import { items, problemAt, type YamlNode } from './yaml-node';

/** What there is to be named. */
export interface Targets {
  readonly hosts: ReadonlySet<string>;
  /** The hosts of each group, those of its children included. */
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The hosts of one name; undefined where it names nothing. */
export function hostsOf(name: string, { hosts, groups }: Targets): ReadonlySet<string> | undefined {
  return groups.get(name) ?? (hosts.has(name) ? new Set([name]) : undefined);
}

/**
 * Reads one name or a list of them: the hosts, sorted. Without `targets`, when the hosts file could
 * not be read, every name is taken for good.
 */
export function* readTargets(
  node: YamlNode | undefined,
  targets: Targets | undefined,
): Reading<readonly string[]> {
  const found = new Set<string>();
  for (const item of items(node)) {
    if (typeof item.value !== 'string' || targets === undefined) continue;
    const hosts = yield* readTarget(item.value, item, targets);
    for (const host of hosts) found.add(host);
  }
  return [...found].sort();
}

/** Reads a name that stands at `node`, as its key or as its value. */
export function* readTarget(
  name: string,
  node: YamlNode,
  targets: Targets,
  { at = 'value' }: { readonly at?: 'key' | 'value' } = {},
): Reading<ReadonlySet<string>> {
  const hosts = hostsOf(name, targets);
  if (hosts !== undefined) return hosts;
  const known = suggestion(name, [...targets.groups.keys(), ...targets.hosts]);
  yield problemAt(node, `there is no group or host ${shown(name)}${known}`, { at });
  return new Set();
}
