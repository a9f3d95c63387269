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
    .command(
      'graph',
      'who peers with whom; as Mermaid or DOT for a picture',
      (each) => offline(each, ['text', 'mermaid', 'dot']),
      does(graph),
    )
    .command(
      'export-peer <name>',
      'the WireGuard configuration for an external peer',
      (each) => named(each).positional('name', { type: 'string' }),
      does(exportPeer),
    )
    .command(
      'import <source> [dir]',
      'make a new inventory of wg-quick configurations (HOST.conf) or of an Ansible inventory',
      importing,
      does(importInventory),
    )
    .demandCommand(1, 'which command of inventory?');
}

function importing(argv: Argv): Argv {
  return argv
    .positional('source', {
      type: 'string',
      describe: 'a .conf file, a directory of them, or what --inventory takes',
    })
    .positional('dir', { type: 'string', default: 'inventory/prod' });
}

/** The options of commands that look at the inventory and at nothing else. */
export function offline(argv: Argv, formats: readonly string[]): Argv {
  return named(argv).option('format', {
    choices: formats,
    default: formats[0],
    describe: 'of what is printed',
  });
}

/** The option that says which inventory. */
export function named(argv: Argv): Argv {
  return argv.option('inventory', {
    alias: 'i',
    type: 'string',
    demandOption: true,
    describe: 'name of a directory in inventory/, or a path',
  });
}

async function list(options: Options, given: Given): Promise<number> {
  const { inventoryList } = await import('./commands/inventory-list.js');
  return inventoryList(options, given);
}

async function show(options: Options, given: Given): Promise<number> {
  const { inventoryShow } = await import('./commands/inventory-show.js');
  return inventoryShow(options, given);
}

async function graph(options: Options, given: Given): Promise<number> {
  const { inventoryGraph } = await import('./commands/inventory-graph.js');
  return inventoryGraph(options, given);
}

async function exportPeer(options: Options, given: Given): Promise<number> {
  const { inventoryExportPeer } = await import('./commands/inventory-export-peer.js');
  return inventoryExportPeer(options, given);
}

async function importInventory(options: Options, given: Given): Promise<number> {
  const { inventoryImport } = await import('./commands/inventory-import.js');
  return inventoryImport(options, given);
}
