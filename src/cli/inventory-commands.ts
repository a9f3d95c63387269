/** `wgpush inventory …`: what an inventory says, without a host. */
import type { Argv } from 'yargs';
import type { Given, Options } from './options';

export type OfflineCommand = (options: Options, given: Given) => Promise<number>;

/**
 * Declares the commands below `inventory`.
 * @param does makes of a command what yargs calls when it is the one that was typed.
 */
export function inventoryCommands(
  argv: Argv,
  does: (command: OfflineCommand) => (argv: unknown) => void,
): Argv {
  return argv
    .command(
      'list',
      'the hosts; as JSON or YAML what ansible-inventory --list prints',
      (each) => offline(each, ['text', 'json', 'yaml']),
      does(list),
    )
    .command(
      'show <host>',
      'all that is known of one host, and where it comes from',
      (each) => offline(each, ['text', 'json']).positional('host', { type: 'string' }),
      does(show),
    )
    .demandCommand(1, 'which command of inventory?');
}

/** The options of commands that look at the inventory and at nothing else. */
export function offline(argv: Argv, formats: readonly string[]): Argv {
  return argv
    .option('inventory', {
      alias: 'i',
      type: 'string',
      demandOption: true,
      describe: 'name of a directory in inventory/, or a path',
    })
    .option('format', { choices: formats, default: formats[0], describe: 'of what is printed' });
}

async function list(options: Options, given: Given): Promise<number> {
  const { inventoryList } = await import('./commands/inventory-list.js');
  return inventoryList(options, given);
}

async function show(options: Options, given: Given): Promise<number> {
  const { inventoryShow } = await import('./commands/inventory-show.js');
  return inventoryShow(options, given);
}
