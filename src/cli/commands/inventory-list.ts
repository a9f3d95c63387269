/** `wgpush inventory list`: the hosts, or what `ansible-inventory --list` prints. */
import { withPort } from '../../model/address';
import { listing, yamlListing } from '../../inventory/listing';
import { allocate } from '../../model/allocation';
import { table } from '../../report/table';
import type { Given, Options } from '../options';
import { printProblems, printText, printWarnings } from '../print';
import { load, type Loaded, today } from '../session';

export async function inventoryList(options: Options, given: Given): Promise<number> {
  const loaded = await load(options);
  if (loaded.kind === 'invalid') return printProblems(loaded.problems);
  printWarnings(loaded.warnings);
  await printText(listed(loaded, given['format']));
  return 0;
}

function listed(loaded: Loaded, format: unknown): string {
  if (format === 'yaml') return yamlListing(loaded.groups);
  if (format === 'json') return `${JSON.stringify(listing(loaded.groups), undefined, 4)}\n`;
  const { inventory } = loaded;
  const { lock } = allocate(inventory, loaded.lock, today());
  return table([
    ['host', 'addresses', 'login', 'groups'],
    ...inventory.hosts.map(({ name, login, groups }) => [
      name,
      (lock.hosts.get(name)?.addresses ?? []).join(', '),
      `${login.user}@${withPort(login.host, login.port)}`,
      groups.filter((group) => group !== 'all').join(', '),
    ]),
  ]);
}
