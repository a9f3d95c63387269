/**
 * Renaming: `wg_formerly` gives a host the identity that the lock has under another name.
 *
 * Once that is done the variable has nothing more to say, and may stay or go.
 */
import type { Lock } from '../model/lock';
import type { LocatedHost } from './hosts-file';
import type { Reading } from './reading';
import { shown, suggestion } from './wording';
import { problemAt } from './yaml-node';

/** Checks that each former name stands for one identity, and that one host wants it. */
export function* checkRenames(hosts: readonly LocatedHost[], lock: Lock): Reading<void> {
  const present = new Set(hosts.map(({ host }) => host.name));
  const known = new Set([...lock.hosts.keys(), ...lock.retired.keys()]);
  const heirs = new Map<string, string>();
  for (const { host, formerly } of hosts) {
    if (formerly === undefined) continue;
    const { value: before, node } = formerly;
    const heir = heirs.get(before);
    heirs.set(before, heir ?? host.name);
    if (present.has(before)) {
      const right = 'remove that host, or wg_formerly';
      yield problemAt(node, `the former name ${shown(before)} is still a host's; ${right}`);
    } else if (heir !== undefined) {
      const message = `host ${shown(heir)} has that former name already`;
      yield problemAt(node, `${message}, and an identity is one host's: remove it here or there`);
    } else if (known.has(before) && known.has(host.name)) {
      const both = `the lock has an identity for ${shown(before)} and one for ${shown(host.name)}`;
      const right = `remove wg_formerly to keep the second, or ${shown(host.name)} from the lock`;
      yield problemAt(node, `${both}; ${right} to take the first over`);
    } else if (!known.has(before) && !lock.hosts.has(host.name)) {
      const message = `the lock knows no host ${shown(before)} whose identity could be taken over`;
      yield problemAt(node, `${message}${suggestion(before, known)}`);
    }
  }
}
