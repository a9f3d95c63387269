/** How deep each group stands below `all`: one more than the deepest of its parents. */
import type { Reading } from './reading';
import { shown } from './wording';
import { problemAt, type YamlNode } from './yaml-node';

export interface NestedGroup {
  /** Where it is first written. */
  readonly node: YamlNode;
  /** By name, where they are written as children. */
  readonly children: Map<string, YamlNode>;
}

/**
 * The level of every group. A group that contains itself is a mistake, and stands at the top then.
 * It doesn't recurse: groups can be as many as a file has lines.
 */
export function* levelsOf(
  groups: ReadonlyMap<string, NestedGroup>,
): Reading<ReadonlyMap<string, number>> {
  const parents = new Map<string, Set<string>>([...groups.keys()].map((name) => [name, new Set()]));
  for (const [name, { children }] of groups) {
    for (const key of children.keys()) parents.get(key)?.add(name);
  }
  const waiting = new Map([...parents].map(([name, { size }]) => [name, size]));
  const levels = new Map<string, number>();
  const ready = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
  for (const name of ready) levels.set(name, 0);
  for (const name of ready) {
    waiting.delete(name);
    for (const key of groups.get(name)?.children.keys() ?? []) {
      // Parents come in the order of their levels: the last one is the deepest.
      levels.set(key, (levels.get(name) ?? 0) + 1);
      const left = (waiting.get(key) ?? 0) - 1;
      waiting.set(key, left);
      // The loop over `ready` reaches it too.
      if (left === 0) ready.push(key);
    }
  }
  yield* cyclesOf(new Set(waiting.keys()), parents, groups);
  for (const name of waiting.keys()) levels.set(name, 0);
  return levels;
}

/** Reports each cycle once. Going from parent to parent, what never ends has one. */
function* cyclesOf(
  names: ReadonlySet<string>,
  parents: ReadonlyMap<string, ReadonlySet<string>>,
  groups: ReadonlyMap<string, NestedGroup>,
): Reading<void> {
  const seen = new Set<string>();
  for (const start of names) {
    const path = new Set<string>();
    let name: string | undefined = start;
    while (name !== undefined && !seen.has(name)) {
      seen.add(name);
      path.add(name);
      name = [...(parents.get(name) ?? [])].find((parent) => names.has(parent));
    }
    if (name === undefined || !path.has(name)) continue;
    const cycle = [...path].slice([...path].indexOf(name)).toReversed();
    const [top = name] = cycle;
    const node = groups.get(name)?.children.get(top) ?? groups.get(name)?.node;
    const circle = [name, ...cycle].slice(0, 12).map(shown).join(' > ');
    if (node === undefined) continue;
    yield problemAt(node, `group ${shown(name)} contains itself: ${circle}`, { at: 'key' });
  }
}
