/** `wgpush inventory import`: a new inventory from what a team has already. */
import { importFrom } from '../../inventory/import-source';
import { problemText } from '../../model/problem';
import { makeInventory } from '../new-inventory';
import type { Given, Options } from '../options';
import { printProblems, printText } from '../print';
import { today } from '../session';

export async function inventoryImport(_: Options, given: Given): Promise<number> {
  const source = String(given['source']);
  const found = await importFrom(source, process.cwd(), today());
  if (found.kind === 'failed') {
    printProblems(found.problems);
    process.stderr.write(`wgpush: ${found.why}; nothing was written\n`);
    return 1;
  }
  const { shown, name } = await makeInventory(String(given['dir']), found.files);
  const notes = found.notes.map((note) => `  ${problemText(note)}\n`).join('');
  await printText(`${shown} holds what was understood of ${source}.
${notes === '' ? '' : `Not carried over, or to be looked at:\n${notes}`}Next: wgpush validate --inventory ${name}
`);
  return 0;
}
