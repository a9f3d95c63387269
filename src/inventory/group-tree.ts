/** What hosts.yaml says of groups and hosts, gathered: the same one may be written in many places. */
import type { NestedGroup } from './group-levels';
import { checkName } from './names';
import type { Reading } from './reading';
import { child, entries, isList, type YamlNode } from './yaml-node';

export interface Group extends NestedGroup {
  readonly variables: Map<string, YamlNode>;
  readonly hosts: Set<string>;
}

export interface GroupTree {
  readonly groups: Map<string, Group>;
  readonly hosts: Map<string, { readonly node: YamlNode; readonly own: Map<string, YamlNode> }>;
}

/** Reads all groups, `all` and `ungrouped` included. */
export function* readGroupTree(root: YamlNode): Reading<GroupTree> {
  const found: GroupTree = { groups: new Map(), hosts: new Map() };
  groupOf('all', root, found);
  for (const [name, node] of named(root)) yield* collect(name, node, found);
  addUngrouped(root, found);
  return found;
}

/** Takes in what is said of a group in one place. */
function* collect(name: string, node: YamlNode, found: GroupTree): Reading<void> {
  yield* checkName('group', name, node);
  const group = groupOf(name, node, found);
  for (const [key, value] of entries(child(node, 'vars'))) group.variables.set(key, value);
  for (const [host, variables] of named(child(node, 'hosts'))) {
    yield* checkName('host', host, variables);
    const known = found.hosts.get(host) ?? { node: variables, own: new Map<string, YamlNode>() };
    for (const [key, value] of entries(variables)) known.own.set(key, value);
    found.hosts.set(host, known);
    group.hosts.add(host);
  }
  for (const [other, value] of named(child(node, 'children'))) {
    yield* collect(other, value, found);
    if (!group.children.has(other)) group.children.set(other, value);
  }
}

function groupOf(name: string, node: YamlNode, { groups }: GroupTree): Group {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const made = { node, variables: new Map(), hosts: new Set<string>(), children: new Map() };
  groups.set(name, made);
  return made;
}

/** Pairs; where a list of names stands in their place, the schema says so, and reading goes on. */
function named(node: YamlNode | undefined): readonly (readonly [string, YamlNode])[] {
  if (!isList(node?.value)) return entries(node);
  return node.value.flatMap((item) =>
    typeof item.value === 'string' ? [[item.value, { ...item, value: null }] as const] : [],
  );
}

/** A host in no other group is in `ungrouped`; a group in no other group is in `all`. */
function addUngrouped(root: YamlNode, found: GroupTree): void {
  const others = [...found.groups].filter(([name]) => name !== 'all' && name !== 'ungrouped');
  const grouped = new Set(others.flatMap(([, group]) => [...group.hosts]));
  const ungrouped = [...found.hosts.keys()].filter((host) => !grouped.has(host));
  if (ungrouped.length > 0) {
    const { hosts } = groupOf('ungrouped', root, found);
    for (const host of ungrouped) hosts.add(host);
  }
  const nested = new Set(
    [...found.groups.values()].flatMap(({ children }) => [...children.keys()]),
  );
  const all = groupOf('all', root, found);
  for (const [name, { node }] of found.groups) {
    if (name !== 'all' && !nested.has(name)) all.children.set(name, node);
  }
}
