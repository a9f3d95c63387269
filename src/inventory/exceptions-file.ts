/** exceptions.yaml: the ports that are public on purpose, each with an owner and an end. */
import type { Exception } from '../model/inventory';
import { isDate } from './date';
import { isPlainName } from './names';
import { readPorts } from './ports';
import { each, type Reading } from './reading';
import { checkShape } from './schema';
import schema from './schemas/exceptions.schema.json';
import { readSources } from './sources';
import { readTargets, type Targets } from './targets';
import { shown } from './wording';
import { child, isMapping, items, problemAt, textOf, type YamlNode } from './yaml-node';

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

/** An id names one exception: reports and firewall rules refer to it. */
function* checkIds(exceptions: readonly YamlNode[]): Reading<void> {
  const first = new Map<string, YamlNode>();
  for (const exception of exceptions) {
    const node = child(exception, 'id');
    const id = textOf(node);
    if (node === undefined || id === undefined) continue;
    const earlier = first.get(id);
    if (earlier !== undefined) {
      const where = `the first is in line ${String(earlier.place.line)}`;
      yield problemAt(node, `the id ${shown(id)} is there twice; ${where}`);
    } else if (!isPlainName(id)) {
      yield problemAt(node, `an id has only letters, digits, ".", "_" and "-"; found ${shown(id)}`);
    } else {
      first.set(id, node);
    }
  }
}

function* readDate(node: YamlNode | undefined): Reading<string> {
  const text = textOf(node);
  if (node === undefined || text === undefined) return '';
  if (!isDate(text)) yield problemAt(node, `${shown(text)} is not a date such as 2027-03-31`);
  return text;
}
