/**
 * The groups and variables of an inventory as `ansible-inventory --list` prints them, so that other
 * tools can read ours and the two can be compared.
 */
import { stringify } from 'yaml';
import { hidden } from '../model/secret';
import type { Group } from './group-tree';
import type { DeclaredHost, Groups } from './groups';
import { namesOf } from './variable-names';
import { isList, isMapping, type YamlNode } from './yaml-node';

/** `{ GROUP: { hosts, children }, …, _meta: { hostvars: { HOST: { … } } } }` */
export function listing(groups: Groups): Readonly<Record<string, unknown>> {
  const listed = [...groups.tree.groups].flatMap(([name, group]) => {
    const { hosts, children } = membersOf(name, group);
    if (hosts.length === 0 && children.length === 0) return [];
    return [[name, { ...nonEmpty('hosts', hosts), ...nonEmpty('children', children) }] as const];
  });
  const hostvars = groups.declared.flatMap((host) => {
    const variables = variablesOf(host);
    return Object.keys(variables).length === 0 ? [] : [[host.name, variables] as const];
  });
  return Object.fromEntries([...listed, ['_meta', { hostvars: Object.fromEntries(hostvars) }]]);
}

/** The same as a YAML inventory; a host's variables stand where it is first met. */
export function yamlListing(groups: Groups): string {
  const told = new Set<string>();
  const declared = new Map(groups.declared.map((host) => [host.name, host]));
  const variables = (name: string): Readonly<Record<string, unknown>> => {
    const host = told.has(name) ? undefined : declared.get(name);
    told.add(name);
    return host === undefined ? {} : variablesOf(host);
  };
  const shown = (name: string, group: Group): Readonly<Record<string, unknown>> => {
    const { hosts, children } = membersOf(name, group);
    const below = children.flatMap((child) => {
      const found = groups.tree.groups.get(child);
      return found === undefined ? [] : [[child, shown(child, found)] as const];
    });
    const own = hosts.map((host) => [host, variables(host)] as const);
    return {
      ...(below.length === 0 ? {} : { children: Object.fromEntries(below) }),
      ...(own.length === 0 ? {} : { hosts: Object.fromEntries(own) }),
    };
  };
  const all = groups.tree.groups.get('all');
  // Texts in quotes where YAML 1.1, which Ansible reads, would make something else of them.
  const options = {
    version: '1.1' as const,
    sortMapEntries: true,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  };
  return stringify(all === undefined ? {} : { all: shown('all', all) }, options);
}

/** What counts for a host of every variable. */
export function variablesOf(host: DeclaredHost): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...countingVariables(host)].map(([name, node]) => [name, exportedAs(name, node)]),
  );
}

/** Of every variable of a host the value that counts, by its name, sorted. */
export function countingVariables({ variables }: DeclaredHost): ReadonlyMap<string, YamlNode> {
  const found = new Map<string, YamlNode>();
  for (const some of variables) {
    for (const [name, node] of some) if (!found.has(name)) found.set(name, node);
  }
  const named = [...found].filter(([name]) => !internal.has(name));
  return new Map(named.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Names that Ansible keeps for itself. */
const internal = new Set([
  ...['ansible_diff_mode', 'ansible_config_file', 'ansible_facts', 'ansible_forks'],
  ...['ansible_inventory_sources', 'ansible_limit', 'ansible_playbook_python'],
  ...['ansible_run_tags', 'ansible_skip_tags', 'ansible_verbosity', 'ansible_version'],
  ...['inventory_dir', 'inventory_file', 'inventory_hostname', 'inventory_hostname_short'],
  ...['groups', 'group_names', 'omit', 'playbook_dir'],
]);

/** Of `all` Ansible names the groups only: whoever is in no other is in `ungrouped`. */
function membersOf(
  name: string,
  group: Group,
): { readonly hosts: readonly string[]; readonly children: readonly string[] } {
  return { hosts: name === 'all' ? [] : [...group.hosts], children: [...group.children.keys()] };
}

function nonEmpty(key: string, names: readonly string[]): Readonly<Record<string, unknown>> {
  return names.length === 0 ? {} : { [key]: names };
}

/** The value of a variable as Ansible writes it in JSON, but a password. */
export function exportedAs(name: string, node: YamlNode): unknown {
  const isSecret = (namesOf.becomePassword as readonly string[]).includes(name);
  return isSecret && node.tag !== 'vault' ? hidden : exported(node);
}

/** A value as Ansible writes it in JSON. */
function exported({ value, tag }: YamlNode): unknown {
  if (tag === 'vault') return { __ansible_vault: value };
  if (tag === 'unsafe') return { __ansible_unsafe: value };
  if (isList(value)) return value.map(exported);
  if (!isMapping(value)) return value;
  return Object.fromEntries([...value].map(([key, part]) => [key, exported(part)]));
}
