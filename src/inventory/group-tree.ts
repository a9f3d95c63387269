/** What a hosts file says of groups and hosts, gathered: the same one may be written in many places. */
import type { NestedGroup } from './group-levels';
import { mostHosts, readHostNames } from './host-range';
import { checkName } from './names';
import type { Reading } from './reading';
import { entries, isList, problemAt, type YamlNode } from './yaml-node';

export interface Group extends NestedGroup {
  readonly variables: Map<string, YamlNode>;
  /** `ansible_group_priority`, which is no variable of the hosts. */
  priority: YamlNode | undefined;
  /** Those that are in this very group, in the order in which they are written. */
  readonly hosts: Set<string>;
}

export interface GroupTree {
  readonly groups: Map<string, Group>;
  readonly hosts: Map<string, { readonly node: YamlNode; readonly own: Map<string, YamlNode> }>;
}

interface GrowingTree extends GroupTree {
  /** How often hosts were named so far: ranges can name the same ones again and again. */
  named: number;
}

const mostNamed = 1_000_000;

/** Reads all groups, `all` and `ungrouped` included. */
export function* readGroupTree(root: YamlNode): Reading<GroupTree> {
  const found: GrowingTree = { groups: new Map(), hosts: new Map(), named: 0 };
  groupOf('all', root, found);
  groupOf('ungrouped', root, found);
  for (const section of sectionsIn(root)) {
    for (const [name, node] of named(section)) yield* collect(name, node, found);
  }
  if (found.hosts.size > mostHosts) {
    yield problemAt(root, `there are more than ${String(mostHosts)} hosts`);
    found.hosts.clear();
    for (const { hosts } of found.groups.values()) hosts.clear();
  }
  settleUngrouped(found);
  return found;
}

/** One mapping of groups, as in YAML; or several, in the order in which they count, as in INI. */
export function sectionsIn(root: YamlNode): readonly YamlNode[] {
  return root.tag === 'sections' && isList(root.value) ? root.value : [root];
}

/** Takes in what is said of a group in one place, in the order in which it is said. */
function* collect(name: string, node: YamlNode, found: GrowingTree): Reading<void> {
  yield* checkName('group', name, node);
  const group = groupOf(name, node, found);
  for (const [key, value] of entries(node)) {
    if (key === 'vars') {
      for (const [variable, what] of entries(value)) {
        if (variable === 'ansible_group_priority') group.priority = what;
        else group.variables.set(variable, what);
      }
    } else if (key === 'hosts') {
      for (const [pattern, variables] of named(value)) {
        yield* collectHosts(pattern, variables, group, found);
      }
    } else if (key === 'children') {
      for (const [other, below] of named(value)) {
        yield* collect(other, below, found);
        if (!group.children.has(other)) group.children.set(other, below);
      }
    }
  }
}

function* collectHosts(
  pattern: string,
  variables: YamlNode,
  group: Group,
  found: GrowingTree,
): Reading<void> {
  // It has been said once.
  if (found.named > mostNamed) return;
  const { names, port } = yield* readHostNames(pattern, variables);
  found.named += names.length;
  if (found.named > mostNamed) {
    const message = `with this, hosts are named more than ${String(mostNamed)} times`;
    yield problemAt(variables, message, { at: 'key' });
    return;
  }
  // The others differ from the first in letters and digits only.
  for (const name of names.slice(0, 1)) yield* checkName('host', name, variables);
  for (const name of names) {
    const known = found.hosts.get(name) ?? { node: variables, own: new Map<string, YamlNode>() };
    if (port !== undefined && !found.hosts.has(name)) {
      known.own.set('ansible_port', { ...variables, place: variables.keyPlace, value: port });
    }
    for (const [key, value] of entries(variables)) known.own.set(key, value);
    found.hosts.set(name, known);
    group.hosts.add(name);
  }
}

function groupOf(name: string, node: YamlNode, { groups }: GroupTree): Group {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const made: Group = {
    ...{ node, variables: new Map(), hosts: new Set(), children: new Map() },
    priority: undefined,
  };
  groups.set(name, made);
  return made;
}

/** Pairs; a single name, as Ansible allows it, or a list of them, which the schema complains about. */
function named(node: YamlNode | undefined): readonly (readonly [string, YamlNode])[] {
  if (typeof node?.value === 'string') return [[node.value, { ...node, value: null }]];
  if (!isList(node?.value)) return entries(node);
  return node.value.flatMap((item) =>
    typeof item.value === 'string' ? [[item.value, { ...item, value: null }] as const] : [],
  );
}

/** A host in no other group is in `ungrouped`, and only such; a group in no other group is in `all`. */
function settleUngrouped({ groups, hosts }: GroupTree): void {
  const grouped = new Set<string>();
  for (const [name, group] of groups) {
    if (name === 'all' || name === 'ungrouped') continue;
    for (const host of group.hosts) grouped.add(host);
  }
  const ungrouped = groups.get('ungrouped');
  for (const host of ungrouped?.hosts ?? []) if (grouped.has(host)) ungrouped?.hosts.delete(host);
  for (const host of hosts.keys()) if (!grouped.has(host)) ungrouped?.hosts.add(host);
  const nested = new Set([...groups.values()].flatMap(({ children }) => [...children.keys()]));
  const all = groups.get('all');
  for (const [name, { node }] of groups) {
    if (name !== 'all' && !nested.has(name)) all?.children.set(name, node);
  }
}
