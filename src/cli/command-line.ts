/**
 * The command line: what can be typed, and which command it means.
 *
 * Nothing but yargs is loaded here; a command loads what it needs when it runs, so that `--help`
 * and a typing mistake are answered at once.
 */
import yargs, { type Argv } from 'yargs';
import { endings, reportFormats } from '../model/report-format';
import { inventoryCommands, named, offline, type OfflineCommand } from './inventory-commands';
import { connectionKinds, type Given, type Options, optionsOf } from './options';
import { scheduleCommands } from './schedule-commands';
import { UsageError } from './usage-error';
import { version } from './version';

/** Runs one command; gives the exit code. @throws on a bug of ours. */
export async function commandLine(args: readonly string[]): Promise<number> {
  let run: () => Promise<number> = () => Promise.resolve(0);
  const does = (command: OfflineCommand) => (argv: unknown) => {
    // The options that yargs has checked are those declared below.
    const given = argv as Record<string, unknown>;
    run = () => command(optionsOf(given), given);
  };
  const parser = yargs()
    .scriptName('wgpush')
    .version(version())
    .usage(
      '$0 <command>\n\nTurns VPS hosts into a WireGuard private network, and proves that it is one.',
    )
    .command(
      'init [dir]',
      'write a commented starter inventory',
      (each) => each.positional('dir', { type: 'string', default: 'inventory/prod' }),
      does(init),
    )
    .command('validate', 'check the inventory; no host is connected to', common, does(validate))
    .command(
      'plan',
      'show what an apply would change; changes nothing',
      (each) =>
        fleet(each).option('out', {
          type: 'string',
          describe: 'a file for the plan, to be applied by apply --plan',
        }),
      does(plan),
    )
    .command(
      'apply',
      'make the hosts what the inventory says',
      (each) =>
        applying(asking(fleet(each))).option('plan', {
          type: 'string',
          describe: 'do what this file of plan --out says, on hosts that are as they were then',
        }),
      does(apply),
    )
    .command(
      'verify',
      'prove reachability and isolation on the live fleet',
      (each) =>
        fleet(each).option('watch', {
          type: 'string',
          describe: 'hold the peers to it for so long: 30s, 5m, 1h',
        }),
      does(verify),
    )
    .command('drift', 'plan and verify; for schedulers; changes nothing', drifting, does(drift))
    .command(
      'status',
      'the handshakes, endpoints and bytes of every session, as the hosts have them now',
      (each) =>
        fleet(each).option('watch', {
          type: 'string',
          describe: 'look again every 5s, or as often as given (10s, 1m), until Ctrl-C',
        }),
      does(status),
    )
    .command(
      'rollback',
      'go back to the state before the last push; needs --limit',
      (each) => asking(fleet(each)),
      does(rollback),
    )
    .command('schedule', 'drift every so often, by systemd or cron', (each) =>
      scheduleCommands(each, does, scheduled),
    )
    .command(
      'history',
      'the runs that talked to the hosts: who, when, how it ended',
      (each) =>
        remembering(offline(each, ['text', 'json'])).option('number', {
          alias: 'n',
          type: 'number',
          default: 20,
          describe: 'of runs, the last ones',
        }),
      does(history),
    )
    .command('inventory', 'what the inventory says; no host is connected to', (each) =>
      inventoryCommands(each, does),
    )
    .command(
      'schema <name>',
      'print the JSON schema of a file, for editors',
      (each) => each.positional('name', { type: 'string', describe: 'hosts, mesh, services, …' }),
      does(schema),
    )
    .completion('completion', 'print a script that completes commands and options in bash or zsh')
    .demandCommand(1, 'which command?')
    .strict()
    .exitProcess(false)
    .recommendCommands()
    .epilogue(exitCodes)
    .wrap(100)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new UsageError(message ?? 'the command line cannot be read');
    });
  try {
    await parser.parseAsync([...args]);
    return await run();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`wgpush: ${error.message}\n`);
    return 1;
  }
}

const fileEndings = Object.values(endings).join(', ');

const exitCodes = `Exit codes:
  0  as wanted
  1  usage, an invalid inventory, an interrupted run, or an error of wgpush itself
  2  not as declared, found by looking (plan, apply --dry-run, drift)
  3  a host failed or diverged, or a check does not hold
  4  a host could not be reached
Where several hold, the highest.`;

function common(argv: Argv): Argv {
  return reporting(argv).option('color', {
    type: 'boolean',
    describe: 'colours; also off by NO_COLOR',
  });
}

function reporting(argv: Argv): Argv {
  return named(argv)
    .option('format', {
      choices: reportFormats,
      describe: 'of the report; text, if neither this nor the name of a file says another',
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      requiresArg: true,
      describe: `a file for the report, instead of stdout; may be given again (${fileEndings})`,
    })
    .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'no progress' });
}

function fleet(argv: Argv): Argv {
  return visiting(common(argv)).option('accept-new', {
    type: 'boolean',
    default: false,
    describe: 'trust and record SSH host keys that are not known yet',
  });
}

function visiting(argv: Argv): Argv {
  return remembering(argv)
    .option('limit', {
      alias: 'l',
      type: 'string',
      describe: 'only these hosts: names, groups, globs, ~regex, group[0:2], !not, &and, @file',
    })
    .option('forks', { alias: 'f', type: 'number', default: 50, describe: 'hosts at work at once' })
    .option('timeout', { type: 'number', default: 10, describe: 'seconds to connect to a host' })
    .option('run-timeout', {
      type: 'string',
      describe: 'of the whole run: 30s, 5m, 1h; then no further host is begun',
    })
    .option('diff', { type: 'boolean', default: true, describe: 'show differences line by line' })
    .option('verbose', {
      alias: 'v',
      type: 'boolean',
      default: false,
      describe: 'show the commands of each change, and all that hosts are asked and answer',
    })
    .option('known-hosts', { type: 'string', describe: 'instead of ~/.ssh/known_hosts' })
    .option('connection', {
      choices: connectionKinds,
      default: connectionKinds[0],
      describe: "what logs in: wgpush itself, or the system's ssh (certificates, ProxyCommand, …)",
    })
    .option('ssh-config', { type: 'string', describe: 'instead of ~/.ssh/config; as of ssh -F' })
    .option('ask-become-pass', {
      alias: 'K',
      type: 'boolean',
      default: false,
      describe: 'ask for the password for sudo, once for all hosts',
    })
    .option('become-password-file', {
      alias: 'become-pass-file',
      type: 'string',
      describe: 'a file that has the password for sudo, or a program that prints it',
    });
}

/** Without what nobody is there for: a terminal has colours, and somebody has to trust a new key. */
function scheduled(argv: Argv): Argv {
  return alerting(visiting(reporting(argv)));
}

function drifting(argv: Argv): Argv {
  return alerting(fleet(argv));
}

function alerting(argv: Argv): Argv {
  return argv.option('on-drift', {
    type: 'string',
    describe: 'shell command that gets the JSON document when something is new or resolved',
  });
}

/** Where a run finds what the last ones have left. */
function remembering(argv: Argv): Argv {
  return argv
    .option('state', {
      type: 'string',
      describe: 'directory of what is remembered; else WGPUSH_STATE, ~/.local/state/wgpush',
    })
    .option('journal', { type: 'string', describe: 'file of the journal; else in that directory' });
}

function applying(argv: Argv): Argv {
  return argv
    .option('dry-run', {
      alias: 'check',
      type: 'boolean',
      default: false,
      describe: 'show what would change; change nothing',
    })
    .option('serial', {
      type: 'string',
      describe: 'batches, of hosts that change: 1,25%,100%; one must end well before the next',
    })
    .option('max-fail', {
      type: 'string',
      describe: 'if more hosts fail than this, 3 or 10%, no further one is begun',
    })
    .option('confirm-timeout', {
      type: 'number',
      default: 60,
      describe: 'seconds after which a host that cannot be logged in to goes back',
    });
}

function asking(argv: Argv): Argv {
  return argv.option('yes', {
    alias: 'y',
    type: 'boolean',
    default: false,
    describe: 'do not ask before changing',
  });
}

async function validate(options: Options): Promise<number> {
  const { validateCommand } = await import('./commands/validate.js');
  return validateCommand(options);
}

async function plan(options: Options): Promise<number> {
  const { applyCommand } = await import('./commands/apply.js');
  return applyCommand({ ...options, dryRun: true }, 'plan');
}

async function apply(options: Options): Promise<number> {
  const { applyCommand } = await import('./commands/apply.js');
  return applyCommand(options, 'apply');
}

async function verify(options: Options, given: Given): Promise<number> {
  const { verifyCommand } = await import('./commands/verify.js');
  return verifyCommand(options, given);
}

async function drift(options: Options): Promise<number> {
  const { driftCommand } = await import('./commands/drift.js');
  return driftCommand(options);
}

async function status(options: Options, given: Given): Promise<number> {
  const { statusCommand } = await import('./commands/status.js');
  return statusCommand(options, given);
}

async function rollback(options: Options): Promise<number> {
  const { rollbackCommand } = await import('./commands/rollback.js');
  return rollbackCommand(options);
}

async function history(options: Options, given: Given): Promise<number> {
  const { historyCommand } = await import('./commands/history.js');
  return historyCommand(options, given);
}

async function init(options: Options, given: Given): Promise<number> {
  const { initCommand } = await import('./commands/init.js');
  return initCommand(options, given);
}

async function schema(options: Options, given: Given): Promise<number> {
  const { schemaCommand } = await import('./commands/schema.js');
  return schemaCommand(options, given);
}
