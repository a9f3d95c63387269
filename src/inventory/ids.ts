/** The ids by which reports and firewall rules refer to what a file lists. */
import { isPlainName } from './names';
import type { Reading } from './reading';
import { shown } from './wording';
import { child, problemAt, textOf, type YamlNode } from './yaml-node';

/** An id names one thing of its file. */
export function* checkIds(listed: readonly YamlNode[]): Reading<void> {
  const first = new Map<string, YamlNode>();
  for (const each of listed) {
    const node = child(each, 'id');
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
