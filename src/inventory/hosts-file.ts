/** The hosts and their groups, and what the files beside say of them, as Ansible reads them. */
import type { Address } from '../model/address';
import type { Endpoint, Host } from '../model/host';
import { readGroupTree, sectionsIn } from './group-tree';
import { type DeclaredHost, type Groups, settleGroups, type Variables } from './groups';
import {
  readAddresses,
  readEndpoints,
  readFormerly,
  readHub,
  readKeepalive,
  readListenPort,
  type Written,
} from './host-variables';
import { jumpsOf, type NamedJump } from './jump-hosts';
import { ownName, readLogin } from './login-variables';
import type { GroupRoles, Mesh } from './mesh-file';
import { each, type Reading } from './reading';
import { checkRoleVariables } from './role-variables';
import { checkShape } from './schema';
import schema from './schemas/hosts.schema.json';
import { type FilesByName, noVariableFiles, type VariableFiles } from './variable-files';
import { checkNames, checkVariableNames } from './variable-names';
import type { YamlFile } from './yaml-file';
import { child, entries, isMapping, problemAt, type YamlNode } from './yaml-node';

/** A host, and where what may collide with other hosts is written. */
export interface LocatedHost {
  readonly host: Host;
  readonly node: YamlNode;
  readonly login: Written<string>;
  /** As its login names them. */
  readonly jumps: readonly NamedJump[];
  readonly endpoints: readonly Written<Endpoint>[];
  /** Undefined where no hub is chosen. */
  readonly hub: Written<string> | undefined;
  readonly addresses: readonly Written<Address>[];
  readonly formerly: Written<string> | undefined;
}

/** What an empty inventory should have said. */
export const smallestInventory = 'all: { hosts: { web-1: { ansible_host: 203.0.113.11 } } }';

/** Reads the groups, and who is in them. */
export function* readHostsFile(
  root: YamlNode,
  files: VariableFiles = noVariableFiles,
): Reading<Groups> {
  const isEmpty = root.value === null;
  if (isEmpty) {
    yield problemAt(root, `this file is empty; the smallest inventory is ${smallestInventory}`);
  } else if (child(root, 'plugin') !== undefined) {
    yield problemAt(root, pluginHint);
    return yield* settleGroups(yield* readGroupTree({ ...root, value: null }), noFurther, root);
  }
  for (const section of isEmpty ? [] : sectionsIn(root)) {
    yield* checkShape(section, schema);
    for (const [, group] of entries(section)) yield* checkVariableNames(group);
  }
  const tree = yield* readGroupTree(root);
  const further = {
    groups: yield* readVariables(files.groups, tree.groups.keys()),
    hosts: yield* readVariables(files.hosts, tree.hosts.keys()),
  };
  const groups = yield* settleGroups(tree, further, root);
  if (groups.declared.length === 0 && (isMapping(root.value) || root.tag === 'sections')) {
    yield problemAt(root, `there are no hosts; the smallest inventory is ${smallestInventory}`);
  }
  return groups;
}

const pluginHint =
  'this is the configuration of an inventory plugin of Ansible; wgpush can run a program in its ' +
  'place that prints what `ansible-inventory -i FILE --list` does';

const noFurther = { groups: new Map(), hosts: new Map() };

export const variablesSchema = { ...schema.definitions.variables, definitions: schema.definitions };

/** The variables of those names; files of other names may belong to another inventory. */
function* readVariables(
  files: FilesByName,
  names: Iterable<string>,
): Reading<ReadonlyMap<string, readonly Variables[]>> {
  const found = new Map<string, readonly Variables[]>();
  for (const name of names) {
    const own = files.get(name);
    if (own === undefined) continue;
    found.set(name, yield* each(own, readVariableFile));
  }
  return found;
}

function* readVariableFile({ root, problems }: YamlFile): Reading<Variables | undefined> {
  yield* problems;
  if (root === undefined || root.value === null) return undefined;
  yield* checkShape(root, variablesSchema);
  yield* checkNames(root);
  const priority = child(root, 'ansible_group_priority');
  if (priority !== undefined) {
    const message = 'ansible_group_priority has no effect here; Ansible reads it in the hosts file';
    yield problemAt(priority, message, { at: 'key' });
  }
  return new Map(entries(root));
}

/** Reads the hosts' variables. `directory` is where wgpush runs. */
export function* readHosts(
  groups: Groups,
  mesh: Mesh,
  directory: string,
): Reading<readonly LocatedHost[]> {
  const read = yield* each(groups.declared, (host) => readHost(host, mesh, directory));
  const hosts = read.map(({ host }) => host);
  return read.map((located) => {
    const jumps = jumpsOf(located.host, located.jumps, hosts, ownName());
    return { ...located, host: { ...located.host, login: { ...located.host.login, jumps } } };
  });
}

function* readHost(declared: DeclaredHost, mesh: Mesh, directory: string): Reading<LocatedHost> {
  yield* checkRoleVariables(declared, mesh);
  const { login, host: place, jumps } = yield* readLogin(declared, directory);
  const listenPort = yield* readListenPort(declared, mesh.listenPort);
  const endpoints = yield* readEndpoints(declared, place, listenPort);
  // It is written where the login is: nothing else is said of it.
  const isEndpointOpen = endpoints.some(({ node }) => node === place.node);
  const hub = yield* readHub(declared);
  const addresses = yield* readAddresses(declared);
  const formerly = yield* readFormerly(declared);
  const host: Host = {
    name: declared.name,
    groups: declared.groups,
    login: isEndpointOpen ? { ...login, open: [...login.open, 'endpoint'] } : login,
    endpoints: endpoints.map(({ value }) => value),
    listenPort,
    chosenAddresses: addresses.map(({ value }) => value),
    formerly: formerly?.value,
    persistentKeepalive: yield* readKeepalive(declared, { isBehindNat: endpoints.length === 0 }),
    hub: hub?.value,
    roles: rolesOf(declared, mesh.roles),
  };
  return { host, node: declared.node, login: place, jumps, endpoints, hub, addresses, formerly };
}

/** Each role once, in the order that mesh.yaml names them. */
function rolesOf(host: DeclaredHost, roles: readonly GroupRoles[]): readonly string[] {
  const own = roles.filter(({ group }) => group === host.name || host.groups.includes(group));
  return [...new Set(own.flatMap((group) => group.roles.map(({ name }) => name)))];
}
