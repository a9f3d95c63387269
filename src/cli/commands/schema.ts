/** `wgpush schema`: the JSON schema of a file, for editors. */
import { schemaNames, schemaText } from '../../inventory/published-schemas';
import type { Given, Options } from '../options';
import { printText } from '../print';
import { UsageError } from '../usage-error';

export async function schemaCommand(_: Options, given: Given): Promise<number> {
  const name = String(given['name']);
  const text = schemaText(name);
  if (text === undefined) {
    throw new UsageError(`there is no schema of ${name}; there are ${schemaNames.join(', ')}`);
  }
  await printText(text);
  return 0;
}
