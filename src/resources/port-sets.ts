/**
 * Sets of ports with names, one for each reason: `service_kafka`.
 *
 * Trap: of a set without a name beside `ct original proto-dst`, nft 1.0.6 prints what it cannot read
 * itself (`0x2384 [invalid type]`), so such a table could be saved and never be loaded again.
 */
import type { PortRange } from '../model/port';
import { portElements } from './packet-rules';

export interface PortSets {
  /** How the ports are written in a rule: a port, a range, or the name of their set. */
  readonly textOf: (comment: string, ports: readonly PortRange[]) => string;
  /** The declarations of all sets that were asked for, each as its lines. */
  readonly declarations: () => readonly (readonly string[])[];
}

export function portSets(): PortSets {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const nameOf = (comment: string, elements: string): string => {
    const known = names.get(elements);
    if (known !== undefined) return known;
    const plain = comment.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 60);
    let name = plain;
    for (let number = 2; taken.has(name); number += 1) name = `${plain}_${String(number)}`;
    taken.add(name);
    names.set(elements, name);
    return name;
  };
  return {
    textOf: (comment, ports) => {
      const elements = portElements(ports);
      const [only = ''] = elements;
      return elements.length === 1 ? only : `@${nameOf(comment, elements.join(', '))}`;
    },
    declarations: () =>
      [...names].map(([elements, name]) => [
        `set ${name} {`,
        '\ttype inet_service',
        '\tflags interval',
        `\telements = { ${elements} }`,
        '}',
      ]),
  };
}
