/** services.yaml: the internal services, who runs them and who may reach them. */
import type { Service } from '../model/inventory';
import { checkName } from './names';
import { type DeclaredPorts, readPorts } from './ports';
import { each, type Reading } from './reading';
import { checkShape } from './schema';
import schema from './schemas/services.schema.json';
import { readTargets, type Targets } from './targets';
import { child, entries, items, textOf, type YamlNode } from './yaml-node';

/** A service, and where its ports are written. */
export interface LocatedService {
  readonly service: Service;
  readonly ports: readonly DeclaredPorts[];
  readonly from: YamlNode | undefined;
}

/**
 * Reads the services, in the order they are written.
 * @param targets what can run them: hosts and groups.
 * @param clients what may reach them: external peers as well.
 */
export function* readServices(
  root: YamlNode | undefined,
  targets: Targets | undefined,
  clients: Targets | undefined,
): Reading<readonly LocatedService[]> {
  if (root === undefined) return [];
  yield* checkShape(root, schema);
  return yield* each(entries(child(root, 'services')), ([name, node]) =>
    readService(name, node, targets, clients),
  );
}

function* readService(
  name: string,
  node: YamlNode,
  targets: Targets | undefined,
  clients: Targets | undefined,
): Reading<LocatedService> {
  yield* checkName('service', name, node);
  const ports = yield* readPorts(node);
  const service: Service = {
    name,
    owner: textOf(child(node, 'owner')) ?? '',
    hosts: yield* readTargets(child(node, 'hosts'), targets),
    ports: ports.map(({ range }) => range),
    protocol: textOf(child(node, 'protocol')) === 'udp' ? 'udp' : 'tcp',
    from: yield* readClients(child(node, 'from'), clients),
    bind: textOf(child(node, 'bind')) === 'wg' ? 'wg' : 'any',
    loopback: textOf(child(node, 'loopback')) === 'reject' ? 'reject' : 'allow',
  };
  return { service, ports, from: child(node, 'from') };
}

/** `all` is the whole network, and not only the hosts that are in it today. */
function* readClients(
  node: YamlNode | undefined,
  targets: Targets | undefined,
): Reading<Service['from']> {
  const hosts = yield* readTargets(node, targets);
  return items(node).some(({ value }) => value === 'all') ? 'all' : hosts;
}
