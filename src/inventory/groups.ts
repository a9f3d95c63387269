/**
 * Ansible's groups: which hosts are in which group, and which of several values of a variable
 * counts for a host.
 *
 * A group may be written in several places; what is said of it adds up. Of several values the one
 * nearest to the host counts: all < parent group < child group < host; of groups equally near the
 * one with the higher `ansible_group_priority`, then the one later in the alphabet. What group_vars/
 * says of any group counts more than what the hosts file says of any, but less than what that says
 * of the host itself; host_vars/ comes last.
 */
import type { WrittenOrder } from '../model/host-pattern';
import { levelsOf } from './group-levels';
import type { GroupTree } from './group-tree';
import type { Reading } from './reading';
import type { Targets } from './targets';
import { shown } from './wording';
import { problemAt, type YamlNode } from './yaml-node';

export interface Groups extends Targets {
  /** As they are written: who is named in which group, and which groups in which. */
  readonly tree: GroupTree;
  /** Sorted by name. */
  readonly declared: readonly DeclaredHost[];
}

export interface DeclaredHost {
  readonly name: string;
  /** Where it is first written. */
  readonly node: YamlNode;
  /** Every group that it is in, `all` included, sorted. */
  readonly groups: readonly string[];
  /** What is said of it, the nearest first: its own variables, then its groups'. */
  readonly variables: readonly Variables[];
}

/** The value that counts for a host. */
export function variableOf(host: DeclaredHost, name: string): YamlNode | undefined {
  return host.variables.find((variables) => variables.has(name))?.get(name);
}

export type Variables = ReadonlyMap<string, YamlNode>;

/** What files beside the hosts file say of groups and hosts, by name; the later counts more. */
export interface FurtherVariables {
  readonly groups: ReadonlyMap<string, readonly Variables[]>;
  readonly hosts: ReadonlyMap<string, readonly Variables[]>;
}

/** Names as they are written, group by group, as Ansible goes through them: a group, then below it. */
export function writtenOrder({ tree }: Groups): WrittenOrder {
  const groups = [...tree.groups.keys()].map((name): [string, readonly string[]] => {
    const order = new Set([name]);
    const hosts = new Set<string>();
    for (const each of order) {
      const group = tree.groups.get(each);
      for (const child of group?.children.keys() ?? []) order.add(child);
      for (const host of group?.hosts ?? []) hosts.add(host);
    }
    return [name, [...hosts]];
  });
  return { hosts: [...tree.hosts.keys()], groups: new Map(groups) };
}

/** A million sets of one host each are more than any fleet has, and than memory should hold. */
const mostMemberships = 1_000_000;

export function* settleGroups(
  found: GroupTree,
  further: FurtherVariables,
  root: YamlNode,
): Reading<Groups> {
  const levels = yield* levelsOf(found.groups);
  const groups = yield* membersOf(found, levels, root);
  for (const [name, { node }] of found.groups) {
    const alone = groups.get(name)?.size === 1 && groups.get(name)?.has(name) === true;
    if (!found.hosts.has(name) || alone) continue;
    yield problemAt(node, `${shown(name)} is a group and also a host; rename one of them`, {
      at: 'key',
    });
  }
  const declared = declare(found, groups, levels, further);
  return {
    hosts: new Set(found.hosts.keys()),
    groups: withoutEmpty(groups),
    declared,
    tree: found,
  };
}

/** `ungrouped` is always there for Ansible; where it is empty, nobody would look for it. */
function withoutEmpty(
  groups: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map([...groups].filter(([name, { size }]) => name !== 'ungrouped' || size > 0));
}

/** The hosts of each group, those of its children included. */
function* membersOf(
  found: GroupTree,
  levels: ReadonlyMap<string, number>,
  root: YamlNode,
): Reading<ReadonlyMap<string, ReadonlySet<string>>> {
  const members = new Map<string, ReadonlySet<string>>();
  let memberships = 0;
  // A child's level is deeper than its parents': so it comes first here.
  for (const [name] of [...levels].sort(([, one], [, other]) => other - one)) {
    const group = found.groups.get(name);
    const hosts = new Set(group?.hosts);
    for (const key of group?.children.keys() ?? []) {
      for (const host of members.get(key) ?? []) hosts.add(host);
    }
    memberships += hosts.size;
    if (memberships > mostMemberships) {
      yield problemAt(root, `there are more than ${String(mostMemberships)} memberships of groups`);
      return new Map([...found.groups.keys()].map((key) => [key, new Set<string>()]));
    }
    members.set(name, name === 'all' ? new Set(found.hosts.keys()) : hosts);
  }
  return members;
}

function declare(
  found: GroupTree,
  members: ReadonlyMap<string, ReadonlySet<string>>,
  levels: ReadonlyMap<string, number>,
  further: FurtherVariables,
): readonly DeclaredHost[] {
  const priority = (name: string): number => {
    const value = Number(found.groups.get(name)?.priority?.value ?? 1);
    return Number.isFinite(value) ? value : 1;
  };
  const nearestFirst = [...levels.keys()].sort(
    (one, other) =>
      (levels.get(other) ?? 0) - (levels.get(one) ?? 0) ||
      priority(other) - priority(one) ||
      (one < other ? 1 : -1),
  );
  const groupsOf = new Map([...found.hosts.keys()].map((host): [string, string[]] => [host, []]));
  for (const group of nearestFirst) {
    for (const host of members.get(group) ?? []) groupsOf.get(host)?.push(group);
  }
  return [...found.hosts].sort(byName).map(([name, { node, own }]) => {
    const groups = groupsOf.get(name) ?? [];
    const variables = [
      ...nearest(further.hosts.get(name)),
      own,
      ...groups.flatMap((group) => nearest(further.groups.get(group))),
      ...groups.flatMap((group) => found.groups.get(group)?.variables ?? []),
    ];
    return { name, node, groups: groups.toSorted(), variables };
  });
}

function nearest(files: readonly Variables[] | undefined): readonly Variables[] {
  return files?.toReversed() ?? [];
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
