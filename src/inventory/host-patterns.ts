/** Hosts by Ansible's host patterns, as `--limit` takes them: one, or a list of them. */
import type { Host } from '../model/host';
import { partsOf, select } from '../model/host-pattern';
import { type Groups, writtenOrder } from './groups';
import type { Reading } from './reading';
import { shown, suggestion } from './wording';
import { items, problemAt, textOf, type YamlNode } from './yaml-node';

/** The names of the hosts that are meant, sorted; of an empty group there are none. */
export function* readHostPatterns(
  node: YamlNode | undefined,
  hosts: readonly Host[],
  groups: Groups,
): Reading<readonly string[]> {
  const order = writtenOrder(groups);
  const parts: string[] = [];
  let isKnown = true;
  for (const item of items(node)) {
    for (const part of partsOf(textOf(item) ?? '')) {
      parts.push(part);
      const name = bare(part);
      if (groups.groups.has(name) || select([name], hosts, order).kind === 'selected') continue;
      const known = suggestion(name, [...groups.groups.keys(), ...groups.hosts]);
      yield problemAt(item, `there is no group or host ${shown(name)}${known}`);
      isKnown = false;
    }
  }
  if (node === undefined || !isKnown || isOfNobody(parts, groups)) return [];
  const found = select(
    parts.filter((part) => !isEmpty(part, groups)),
    hosts,
    order,
  );
  if (found.kind === 'selected') return found.hosts.map(({ name }) => name);
  yield problemAt(node, `${shown(parts.join(':'))} leaves no host`);
  return [];
}

/** Groups may be empty as long as nobody has such a host: that is no slip of the pen. */
function isOfNobody(parts: readonly string[], groups: Groups): boolean {
  const included = parts.filter((part) => !/^[!&]/.test(part));
  const isNarrowed = parts.some((part) => part.startsWith('&') && isEmpty(part, groups));
  return isNarrowed || (included.length > 0 && included.every((part) => isEmpty(part, groups)));
}

function isEmpty(part: string, { groups }: Groups): boolean {
  return groups.get(bare(part))?.size === 0;
}

function bare(part: string): string {
  return part.replace(/^[!&]/, '');
}
