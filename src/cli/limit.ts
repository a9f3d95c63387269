/** `--limit`: the hosts that a pattern means. */
import { readFile } from 'node:fs/promises';
import { type Groups, writtenOrder } from '../inventory/groups';
import type { Host } from '../model/host';
import type { Inventory } from '../model/inventory';
import { partsOf, select } from '../model/host-pattern';

import { UsageError } from './usage-error';

/** @throws UsageError where it means nobody, or a file of patterns cannot be read. */
export async function limited(
  { inventory, groups }: { readonly inventory: Inventory; readonly groups: Groups },
  limit: string | undefined,
): Promise<readonly Host[]> {
  if (limit === undefined) return inventory.hosts;
  const parts = await Promise.all(partsOf(limit).map(linesOf));
  const found = select(parts.flat(), inventory.hosts, writtenOrder(groups));
  switch (found.kind) {
    case 'selected':
      return found.hosts;
    case 'unknown':
      throw new UsageError(`--limit: no host or group is called ${found.part}`);
    case 'empty':
      throw new UsageError(`--limit ${limit} leaves no host`);
  }
}

/** `@FILE` has one pattern a line, as the retry files of Ansible do; anything else is itself. */
async function linesOf(part: string): Promise<readonly string[]> {
  if (!part.startsWith('@')) return [part];
  try {
    const text = await readFile(part.slice(1), 'utf8');
    return text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--limit ${part}: ${why}`);
  }
}
