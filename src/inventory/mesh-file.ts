/** mesh.yaml: the network, the roles of each group and the firewall. Every key has a default. */
import type { FirewallSettings } from '../model/inventory';
import { type LocatedExternal, readExternals, withExternals } from './external-peers';
import { each, type Reading } from './reading';
import { checkShape } from './schema';
import schema from './schemas/mesh.schema.json';
import { readSources } from './sources';
import { type DeclaredSubnet, readSubnets } from './subnets';
import { readTarget, type Targets } from './targets';
import { type DeclaredTopology, readTopology } from './topology';
import { shown } from './wording';
import { child, entries, items, problemAt, textOf, type YamlNode } from './yaml-node';

export interface Mesh {
  readonly interface: string;
  readonly mtu: number;
  readonly listenPort: number;
  readonly quarantineDays: number;
  /** Undefined where one of them could not be read: then no address can be judged by them. */
  readonly subnets: readonly DeclaredSubnet[] | undefined;
  /** In the order they are written. */
  readonly roles: readonly GroupRoles[];
  readonly firewall: FirewallSettings;
  readonly topology: DeclaredTopology;
  readonly externals: readonly LocatedExternal[];
}

/** What is done on the hosts of a group. */
export interface GroupRoles {
  /** A group, or a single host. */
  readonly group: string;
  readonly roles: readonly DeclaredRole[];
}

export interface DeclaredRole {
  readonly name: string;
  /** Undefined for the default. */
  readonly node: YamlNode | undefined;
}

const defaultRoles = ['install', 'wireguard', 'firewall', 'bindings', 'verify'];

/** Reads the file; without one, and for every key that it lacks, the defaults. */
export function* readMesh(root: YamlNode | undefined, targets: Targets | undefined): Reading<Mesh> {
  if (root !== undefined) yield* checkShape(root, schema);
  const network = child(root, 'network');
  const firewall = child(root, 'firewall');
  const listenPort = numberOf(child(network, 'listen_port')) ?? 51_820;
  const subnets = yield* readSubnets(child(network, 'subnets'));
  const externals = yield* readExternals(child(root, 'external_peers'), subnets ?? [], listenPort);
  const nodes = withExternals(targets, externals);
  return {
    interface: yield* readInterface(child(network, 'interface')),
    mtu: numberOf(child(network, 'mtu')) ?? 1420,
    listenPort,
    quarantineDays: numberOf(child(network, 'quarantine_days')) ?? 30,
    subnets,
    externals,
    topology: yield* readTopology(child(root, 'topology'), targets, nodes),
    roles: yield* readRoles(child(root, 'roles'), targets),
    firewall: {
      backend: textOf(child(firewall, 'backend')) === 'nftables' ? 'nftables' : 'ufw',
      sshSources: yield* readSshSources(child(firewall, 'ssh', 'sources')),
      unmanagedRules: textOf(child(firewall, 'unmanaged_rules')) === 'report' ? 'report' : 'remove',
    },
  };
}

function* readInterface(node: YamlNode | undefined): Reading<string> {
  const name = textOf(node);
  if (node === undefined || name === undefined) return 'wg0';
  // The kernel takes more (dev_valid_name); wg-quick(8), sysctl and ufw don't.
  if (/^[A-Za-z0-9_][A-Za-z0-9_-]{0,14}$/.test(name) && !taken.includes(name)) return name;
  const right = 'at most 15 letters, digits, "_" and "-", and not the name of another interface';
  yield problemAt(node, `${shown(name)} is not a name for a WireGuard interface: ${right}`);
  return 'wg0';
}

/** Loopback, and what sysctl(8) means by these. */
const taken = ['lo', 'all', 'default'];

function* readRoles(
  node: YamlNode | undefined,
  targets: Targets | undefined,
): Reading<readonly GroupRoles[]> {
  if (node === undefined || node.value === null) {
    return [{ group: 'all', roles: defaultRoles.map((name) => ({ name, node: undefined })) }];
  }
  return yield* each(entries(node), function* ([group, list]): Reading<GroupRoles> {
    if (targets !== undefined) yield* readTarget(group, list, targets, { at: 'key' });
    const roles = items(list).flatMap((item) => {
      const name = textOf(item);
      return name === undefined ? [] : [{ name, node: item }];
    });
    return { group, roles };
  });
}

function* readSshSources(node: YamlNode | undefined): Reading<FirewallSettings['sshSources']> {
  return node === undefined || node.value === null ? 'any' : yield* readSources(node);
}

function numberOf(node: YamlNode | undefined): number | undefined {
  return typeof node?.value === 'number' ? node.value : undefined;
}
