/** The ports of a service or an exception: `port`, or `ports` where there are several. */
import { type PortRange, portRange } from '../model/port';
import { each, type Reading } from './reading';
import { child, described, isMapping, items, problemAt, type YamlNode } from './yaml-node';

export interface DeclaredPorts {
  readonly range: PortRange;
  readonly node: YamlNode;
}

/** Reads the ports of a mapping; having neither key, or both, is a mistake. */
export function* readPorts(owner: YamlNode): Reading<readonly DeclaredPorts[]> {
  // What is no mapping has no keys to lack: the schema has said so.
  if (!isMapping(owner.value)) return [];
  const one = child(owner, 'port');
  const several = child(owner, 'ports');
  if (one === undefined && several === undefined) {
    yield problemAt(owner, 'the key "port" is missing: a port, or a range such as "9100-9110"', {
      at: 'key',
    });
  } else if (one !== undefined && several !== undefined) {
    yield problemAt(several, 'there is "port" and "ports"; write one of them', { at: 'key' });
  }
  const nodes = [one, several].flatMap((node) => items(node));
  return yield* each(nodes, readPortRange);
}

/** Reads one port that may be written as a number or as text. */
export function* readPort(node: YamlNode): Reading<number | undefined> {
  if (!isWritten(node.value)) return undefined;
  const range = portRange(node.value);
  if (range?.first === range?.last && range !== undefined) return range.first;
  yield problemAt(node, `a port is a number from 1 to 65535; found ${described(node)}`);
  return undefined;
}

function* readPortRange(node: YamlNode): Reading<DeclaredPorts | undefined> {
  if (!isWritten(node.value)) return undefined;
  const range = portRange(node.value);
  if (range !== undefined) return { range, node };
  const right = 'a port is a number from 1 to 65535, or a range such as "9100-9110"';
  yield problemAt(node, `${right}; found ${described(node)}`);
  return undefined;
}

/** Has it the type of a port? Where not, the schema has said so. */
function isWritten(value: YamlNode['value']): value is number | string {
  return typeof value === 'string' || Number.isInteger(value);
}
