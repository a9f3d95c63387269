/** `wgpush init`: a commented starter inventory, valid as it stands. */
import { starterFiles } from '../../inventory/starter';
import { makeInventory } from '../new-inventory';
import { printText } from '../print';
import type { Given, Options } from '../options';

export async function initCommand(_: Options, given: Given): Promise<number> {
  const { shown, name } = await makeInventory(String(given['dir']), await starterFiles());
  await printText(`${shown} holds a starter inventory now. Next:
  1. put your hosts in the place of those in ${shown}/hosts.yaml
  2. wgpush validate --inventory ${name}
  3. wgpush plan --inventory ${name}
`);
  return 0;
}
