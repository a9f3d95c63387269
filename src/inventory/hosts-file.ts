/** hosts.yaml: the hosts and their groups, in the shape of an Ansible YAML inventory. */
import type { Address } from '../model/address';
import type { Endpoint, Host } from '../model/host';
import { type DeclaredHost, type Groups, readGroups } from './groups';
import {
  readAddresses,
  readEndpoint,
  readFormerly,
  readKeepalive,
  readListenPort,
  type Written,
} from './host-variables';
import { readLogin } from './login-variables';
import type { GroupRoles, Mesh } from './mesh-file';
import { each, type Reading } from './reading';
import { checkShape } from './schema';
import schema from './schemas/hosts.schema.json';
import { checkVariableNames } from './variable-names';
import { entries, isMapping, problemAt, type YamlNode } from './yaml-node';

/** A host, and where what may collide with other hosts is written. */
export interface LocatedHost {
  readonly host: Host;
  readonly node: YamlNode;
  readonly login: Written<string>;
  readonly endpoint: Written<Endpoint>;
  readonly addresses: readonly Written<Address>[];
  readonly formerly: Written<string> | undefined;
}

/** What an empty inventory should have said. */
export const smallestInventory = 'all: { hosts: { web-1: { ansible_host: 203.0.113.11 } } }';

/** Reads the groups, and who is in them. */
export function* readHostsFile(root: YamlNode): Reading<Groups> {
  if (root.value === null) {
    yield problemAt(root, `this file is empty; the smallest inventory is ${smallestInventory}`);
    return yield* readGroups(root);
  }
  yield* checkShape(root, schema);
  for (const [, group] of entries(root)) yield* checkVariableNames(group);
  const groups = yield* readGroups(root);
  if (groups.declared.length === 0 && isMapping(root.value)) {
    yield problemAt(root, `there are no hosts; the smallest inventory is ${smallestInventory}`);
  }
  return groups;
}

/** Reads the hosts' variables. `directory` is where wgpush runs. */
export function* readHosts(
  groups: Groups,
  mesh: Mesh,
  directory: string,
): Reading<readonly LocatedHost[]> {
  return yield* each(groups.declared, (host) => readHost(host, mesh, directory));
}

function* readHost(declared: DeclaredHost, mesh: Mesh, directory: string): Reading<LocatedHost> {
  const { login, host: place } = yield* readLogin(declared, directory);
  const listenPort = yield* readListenPort(declared, mesh.listenPort);
  const endpoint = yield* readEndpoint(declared, place, listenPort);
  const addresses = yield* readAddresses(declared);
  const formerly = yield* readFormerly(declared);
  const host: Host = {
    name: declared.name,
    groups: declared.groups,
    login,
    endpoint: endpoint.value,
    listenPort,
    chosenAddresses: addresses.map(({ value }) => value),
    formerly: formerly?.value,
    persistentKeepalive: yield* readKeepalive(declared),
    roles: rolesOf(declared, mesh.roles),
  };
  return { host, node: declared.node, login: place, endpoint, addresses, formerly };
}

/** Each role once, in the order that mesh.yaml names them. */
function rolesOf(host: DeclaredHost, roles: readonly GroupRoles[]): readonly string[] {
  const own = roles.filter(({ group }) => group === host.name || host.groups.includes(group));
  return [...new Set(own.flatMap((group) => group.roles.map(({ name }) => name)))];
}
