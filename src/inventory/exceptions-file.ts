/** exceptions.yaml: the ports that are public on purpose, each with an owner and an end. */
import type { Exception } from '../model/inventory';
import { readDate } from './date';
import { checkIds } from './ids';
import { readPorts } from './ports';
import { each, type Reading } from './reading';
import { checkShape } from './schema';
import schema from './schemas/exceptions.schema.json';
import { readSources } from './sources';
import { readTargets, type Targets } from './targets';
import { child, isMapping, items, textOf, type YamlNode } from './yaml-node';

/** Reads the exceptions, in the order they are written. */
export function* readExceptions(
  root: YamlNode | undefined,
  targets: Targets | undefined,
): Reading<readonly Exception[]> {
  if (root === undefined) return [];
  yield* checkShape(root, schema);
  const listed = items(child(root, 'exceptions')).filter(({ value }) => isMapping(value));
  yield* checkIds(listed);
  return yield* each(listed, (node) => readException(node, targets));
}

function* readException(node: YamlNode, targets: Targets | undefined): Reading<Exception> {
  const text = (key: string): string => textOf(child(node, key)) ?? '';
  const ports = yield* readPorts(node);
  return {
    id: text('id'),
    hosts: yield* readTargets(child(node, 'hosts'), targets),
    ports: ports.map(({ range }) => range),
    protocol: text('protocol') === 'udp' ? 'udp' : 'tcp',
    sources: yield* readSources(child(node, 'sources')),
    owner: text('owner'),
    approvedBy: text('approved_by'),
    reason: text('reason'),
    expires: yield* readDate(child(node, 'expires')),
  };
}
