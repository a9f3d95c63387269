/** `wgpush history`: the runs that talked to the hosts of an inventory, the last ones last. */
import { locate } from '../../inventory/inventory-files';
import { historyText } from '../../report/history';
import { readJournal } from '../../state/journal';
import { journalFile, stateOf } from '../memory';
import type { Given, Options } from '../options';
import { printProblems, printText } from '../print';

export async function historyCommand(options: Options, given: Given): Promise<number> {
  const located = await locate(options.inventory, process.cwd());
  if (located.kind === 'missing') return printProblems([located.problem]);
  const { directory, hosts } = located.files;
  const file = journalFile(await stateOf(directory ?? hosts, options), options);
  const { entries, unreadable } = await readJournal(file);
  const last = entries.slice(-Number(given['number']));
  if (unreadable > 0) {
    process.stderr.write(`${file}: passed over ${String(unreadable)} unreadable lines\n`);
  }
  const lines = last.map((entry) => `${JSON.stringify(entry)}\n`);
  await printText(given['format'] === 'json' ? lines.join('') : historyText(last));
  return 0;
}
