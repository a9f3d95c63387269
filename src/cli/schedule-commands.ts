/** `wgpush schedule …`: the drift as a job of systemd or cron. */
import type { Argv } from 'yargs';
import { type OfflineCommand, named } from './inventory-commands';
import type { Given, Options } from './options';

/**
 * Declares the commands below `schedule`.
 * @param does makes of a command what yargs calls when it is the one that was typed.
 * @param scheduled declares the options of the drift that is run.
 */
export function scheduleCommands(
  argv: Argv,
  does: (command: OfflineCommand) => (argv: unknown) => void,
  scheduled: (argv: Argv) => Argv,
): Argv {
  return argv
    .command(
      'install',
      'run the drift every so often',
      (each) =>
        dry(scheduled(each))
          .option('every', { type: 'string', default: '15m', describe: '30s, 5m, 1h, 1d, …' })
          .option('user', { type: 'string', describe: 'who runs it; else whoever installs it' })
          .option('cron', {
            type: 'boolean',
            default: false,
            describe: 'a line of your crontab instead of a timer of systemd',
          }),
      does(install),
    )
    .command('show', 'when it ran, how that ended, when it runs next', remembered, does(show))
    .command(
      'remove',
      'run it no more; leaves nothing',
      (each) => dry(remembered(each)),
      does(remove),
    )
    .demandCommand(1, 'which command of schedule?');
}

function remembered(argv: Argv): Argv {
  return named(argv).option('quiet', { alias: 'q', type: 'boolean', default: false });
}

function dry(argv: Argv): Argv {
  return argv.option('dry-run', {
    type: 'boolean',
    default: false,
    describe: 'show what would change; change nothing',
  });
}

async function install(options: Options, given: Given): Promise<number> {
  const { scheduleInstall } = await import('./commands/schedule.js');
  return scheduleInstall(options, given);
}

async function show(options: Options): Promise<number> {
  const { scheduleShow } = await import('./commands/schedule.js');
  return scheduleShow(options);
}

async function remove(options: Options): Promise<number> {
  const { scheduleRemove } = await import('./commands/schedule.js');
  return scheduleRemove(options);
}
