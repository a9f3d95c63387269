/** What was given on the command line, as the commands take it. */
import { isatty } from 'node:tty';
import type { RolloutOptions } from '../executor/rollout';
import { endings, formatOfFile, type ReportFormat, reportFormats } from '../model/report-format';
import { durationSeconds } from './duration';
import { maxFailOf, serialOf } from './share';
import { UsageError } from './usage-error';

/** What was given for a command beyond the options that others have too. */
export type Given = Readonly<Record<string, unknown>>;

/** A file that a report goes to. */
export interface Output {
  readonly file: string;
  readonly format: ReportFormat;
}

/** By this process, or by the system's ssh. */
export const connectionKinds = ['in-process', 'openssh'] as const;
export type ConnectionKind = (typeof connectionKinds)[number];

/** Everything that can be given on the command line, whichever command it is for. */
export interface Options {
  readonly inventory: string;
  readonly limit: string | undefined;
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** The file of a saved plan, which is to be applied. */
  readonly plan: string | undefined;
  /** Where a plan is to be saved. */
  readonly out: string | undefined;
  readonly forks: number;
  /** Batches, and how many hosts may fail. */
  readonly rollout: RolloutOptions;
  /** Seconds. */
  readonly timeout: number;
  /** Of the whole run, seconds; undefined: as long as it takes. */
  readonly runTimeout: number | undefined;
  /** Seconds. */
  readonly confirmTimeout: number;
  /** Of the report on stdout. */
  readonly format: ReportFormat;
  /** Where the report goes instead of stdout; empty: nowhere else. */
  readonly outputs: readonly Output[];
  readonly diff: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly acceptNew: boolean;
  readonly knownHosts: string | undefined;
  /** What logs in to the hosts. */
  readonly connection: ConnectionKind;
  /** As of `ssh -F`. */
  readonly sshConfig: string | undefined;
  /** Is the password for sudo asked for? */
  readonly askBecomePass: boolean;
  /** The file that has it, or a program that prints it. */
  readonly becomePasswordFile: string | undefined;
  /** The directory of what is remembered of all inventories. */
  readonly state: string | undefined;
  /** What a drift runs when something is new. */
  readonly onDrift: string | undefined;
  /** The file of the journal. */
  readonly journal: string | undefined;
}

/** The options that yargs has read. @throws UsageError for what it cannot judge. */
export function optionsOf(argv: Record<string, unknown>): Options {
  for (const [name, given] of Object.entries(argv)) {
    if (Array.isArray(given) && !repeatable.has(name))
      throw new UsageError(`--${name} is given twice`);
  }
  for (const name of ['forks', 'timeout', 'confirm-timeout', 'number']) {
    const number = argv[name];
    if (number !== undefined && !(Number.isInteger(number) && Number(number) > 0)) {
      throw new UsageError(`--${name} must be a whole number above 0`);
    }
  }
  const text = (name: string) => {
    const value = argv[name];
    if (value === '') throw new UsageError(`--${name} needs a value`);
    return typeof value === 'string' ? value : undefined;
  };
  if (argv['askBecomePass'] === true && argv['becomePasswordFile'] !== undefined) {
    throw new UsageError('--ask-become-pass and --become-password-file: give one of them');
  }
  const runTimeout = text('runTimeout');
  const format = reportFormats.find((known) => known === argv['format']);
  return {
    inventory: text('inventory') ?? '',
    limit: text('limit'),
    yes: argv['yes'] === true,
    dryRun: argv['dryRun'] === true,
    plan: text('plan'),
    out: text('out'),
    forks: Number(argv['forks'] ?? 1),
    rollout: { serial: serialOf(text('serial')), maxFail: maxFailOf(text('maxFail')) },
    timeout: Number(argv['timeout'] ?? 1),
    runTimeout: runTimeout === undefined ? undefined : durationSeconds('run-timeout', runTimeout),
    confirmTimeout: Number(argv['confirmTimeout'] ?? 60),
    format: format ?? reportFormats[0],
    outputs: outputsOf([argv['output'] ?? []].flat(), format),
    diff: argv['diff'] !== false,
    verbose: argv['verbose'] === true,
    quiet: argv['quiet'] === true,
    color: typeof argv['color'] === 'boolean' ? argv['color'] : hasColor(),
    acceptNew: argv['acceptNew'] === true,
    knownHosts: text('knownHosts'),
    connection: argv['connection'] === 'openssh' ? 'openssh' : 'in-process',
    sshConfig: text('sshConfig'),
    askBecomePass: argv['askBecomePass'] === true,
    becomePasswordFile: text('becomePasswordFile'),
    state: text('state'),
    onDrift: text('onDrift'),
    journal: text('journal'),
  };
}

/** `_` is what yargs calls the words of the command; `o` is short for `output`. */
const repeatable = new Set(['_', 'output', 'o']);

function outputsOf(files: readonly unknown[], format: ReportFormat | undefined): readonly Output[] {
  return files.map(String).map((file) => {
    if (file === '') throw new UsageError('--output needs a value');
    const own = format ?? formatOfFile(file);
    if (own === undefined) {
      const known = reportFormats.map((each) => `${endings[each]} (${each})`).join(', ');
      throw new UsageError(`--output ${file}: its ending is none of ${known}; give --format`);
    }
    return { file, format: own };
  });
}

/**
 * https://no-color.org: set and not empty means none, whatever its value. Where stdout is no terminal
 * Node leaves `isTTY` undefined, and picocolors would decide by itself then: colours in CI.
 */
function hasColor(): boolean {
  return isatty(1) && (process.env['NO_COLOR'] ?? '') === '';
}
