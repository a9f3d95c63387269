/** The files of an inventory, read together: each by its reader, then what they say of each other. */
import type { Inventory } from '../model/inventory';
import { emptyLock, type Lock } from '../model/lock';
import { checkAllocated, checkChosen } from './addresses';
import { checkEndpoints, checkPorts } from './collisions';
import { readExceptions } from './exceptions-file';
import type { Groups } from './groups';
import { checkExternals } from './external-checks';
import { withExternals } from './external-peers';
import { readHosts, readHostsFile } from './hosts-file';
import { type LocatedIgnore, readIgnores } from './ignores-file';
import { readLock } from './lock-file';
import { type GroupRoles, type Mesh, readMesh } from './mesh-file';
import type { Reading } from './reading';
import { checkRenames } from './renames';
import { readServices } from './services-file';
import { checkClients, checkTopology } from './topology-check';
import type { VariableFiles } from './variable-files';
import type { YamlFile } from './yaml-file';

/** Undefined where there is no such file. */
export interface InventoryTexts {
  readonly hosts: YamlFile;
  /** What lies in group_vars/ and host_vars/ beside it. */
  readonly variables?: VariableFiles;
  readonly mesh: YamlFile | undefined;
  readonly services: YamlFile | undefined;
  readonly exceptions: YamlFile | undefined;
  readonly ignores: YamlFile | undefined;
  readonly lock: YamlFile | undefined;
}

export interface WholeInventory {
  readonly inventory: Inventory;
  /** Undefined where the hosts file could not be read. */
  readonly groups: Groups | undefined;
  readonly lock: Lock;
  readonly roles: readonly GroupRoles[];
  /** The roles that they name have yet to be read. */
  readonly ignores: readonly LocatedIgnore[];
}

/**
 * @param directory where wgpush runs.
 * @param today `YYYY-MM-DD`, in UTC.
 */
export function* readInventory(
  name: string,
  texts: InventoryTexts,
  directory: string,
  today: string,
): Reading<WholeInventory> {
  const { root } = texts.hosts;
  const groups = root === undefined ? undefined : yield* readHostsFile(root, texts.variables);
  const mesh = yield* readMesh(texts.mesh?.root, groups);
  const hosts = groups === undefined ? [] : yield* readHosts(groups, mesh, directory);
  const services = yield* readServices(
    texts.services?.root,
    groups,
    withExternals(groups, mesh.externals),
  );
  const exceptions = yield* readExceptions(texts.exceptions?.root, groups);
  const ignores = yield* readIgnores(
    texts.ignores?.root,
    hosts.map(({ host }) => host),
    groups,
  );
  const lockRoot = texts.lock?.root;
  const lock = lockRoot === undefined ? emptyLock : yield* readLock(lockRoot);
  const inventory: Inventory = {
    name,
    hosts: hosts.map(({ host }) => host),
    externals: mesh.externals.map(({ peer }) => peer),
    network: {
      interface: mesh.interface,
      subnets: (mesh.subnets ?? []).map(({ subnet }) => subnet),
      mtu: mesh.mtu,
      quarantineDays: mesh.quarantineDays,
    },
    topology: mesh.topology.topology,
    firewall: mesh.firewall,
    services: services
      .map(({ service }) => service)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    exceptions: exceptions.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    ignores: ignores.map(({ rule }) => rule).toSorted((one, other) => (one.id < other.id ? -1 : 1)),
  };
  yield* checkRenames(hosts, lock);
  yield* checkEndpoints(hosts);
  yield* checkPorts(hosts, services);
  if (groups !== undefined) {
    yield* checkTopology(inventory, mesh.topology, hosts, mesh.externals);
    yield* checkClients(inventory, services);
  }
  const subnets = knownSubnets(mesh, texts);
  if (subnets !== undefined) {
    yield* checkExternals(mesh.externals, hosts, subnets, lock, groups);
    yield* checkChosen(hosts, subnets);
    yield* checkAllocated(inventory, hosts, subnets, lock, today);
  }
  return { inventory, groups, lock, roles: mesh.roles, ignores };
}

/** Undefined where the file that says them could not be read; no file says the default. */
function knownSubnets(mesh: Mesh, { mesh: file }: InventoryTexts): Mesh['subnets'] {
  return file !== undefined && file.root === undefined ? undefined : mesh.subnets;
}
