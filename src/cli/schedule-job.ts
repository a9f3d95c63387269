/** The job of a schedule: the drift that is run, with nothing left to where it is run from. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { quoted } from '../model/shell';
import { type Interval, intervalExamples, intervalOf } from '../schedule/interval';
import type { Job } from '../schedule/units';
import { makeStateDirectory } from '../state/directory';
import { stateOf } from './memory';
import type { Given, Options } from './options';
import type { Loaded } from './session';
import { UsageError } from './usage-error';

/** The path holds in `src/cli` and in the bundle, `dist/cli`. */
const program = path.join(__dirname, '../../bin/wgpush');

/** @throws UsageError where it is none that a calendar can have. */
export function intervalIn(given: Given): Interval {
  const interval = intervalOf(String(given['every']));
  if (interval !== undefined) return interval;
  throw new UsageError(`--every ${String(given['every'])}: give ${intervalExamples}`);
}

/** @throws UsageError where it could not run from a schedule. */
export async function jobOf(
  { inventory, place }: Loaded,
  options: Options,
  given: Given,
): Promise<Job> {
  const { user, cron } = given;
  const own = userInfo().username;
  if (typeof user === 'string' && user !== own && cron === true) {
    throw new UsageError('--cron is for the crontab of whoever runs this; --user is for systemd');
  }
  const hasState = (options.state ?? process.env['WGPUSH_STATE']) !== undefined;
  if (typeof user === 'string' && user !== own && !hasState) {
    throw new UsageError(`--user ${user} needs --state DIR, where that user may write`);
  }
  if (options.askBecomePass) {
    throw new UsageError('a schedule has no terminal to ask on: --become-password-file');
  }
  if (options.onDrift?.includes('\n') === true) throw new UsageError('--on-drift is one line');
  const state = await stateOf(place, options);
  const outputs = options.outputs.map(({ file }) => path.resolve(file));
  const { journal, knownHosts, becomePasswordFile, sshConfig, connection } = options;
  const files = [journal, knownHosts, becomePasswordFile].map(absolute);
  const writes = [
    ...[...outputs, ...files.slice(0, 1)].flatMap((file) =>
      file === undefined ? [] : path.dirname(file),
    ),
    state,
  ];
  const job = {
    name: inventory.name,
    inventory: path.resolve(place),
    user: typeof user === 'string' ? user : own,
    directory: process.cwd(),
    writes: [...new Set(writes)],
    command: [
      ...[process.execPath, program, 'drift', '--quiet', '--inventory', path.resolve(place)],
      ...['--state', path.dirname(state)],
      ...['--forks', String(options.forks), '--timeout', String(options.timeout)],
      ...named(
        '--run-timeout',
        options.runTimeout === undefined ? undefined : `${String(options.runTimeout)}s`,
      ),
      ...named('--limit', options.limit),
      ...named('--format', typeof given['format'] === 'string' ? given['format'] : undefined),
      ...(options.diff ? [] : ['--no-diff']),
      ...(options.verbose ? ['--verbose'] : []),
      ...outputs.flatMap((file) => ['--output', file]),
      ...named('--journal', files[0]),
      ...named('--known-hosts', files[1]),
      ...(connection === 'openssh' ? ['--connection', connection] : []),
      ...named('--ssh-config', sshConfig === 'none' ? sshConfig : absolute(sshConfig)),
      ...named('--become-password-file', files[2]),
      ...named('--on-drift', options.onDrift),
    ],
  };
  if (cron !== true) refuseTemporary([job.inventory, job.directory, program, ...job.writes]);
  return job;
}

/**
 * Makes the state directory, which must be there before the service may write to it and to nothing else.
 * @throws UsageError where the user of the job may not write where the job has to.
 */
export async function makeState({ user, writes }: Job, state: string): Promise<void> {
  if (user === userInfo().username) return makeStateDirectory(state);
  // What is above it is to be passed through by that user.
  await mkdir(path.dirname(state), { recursive: true, mode: 0o755 });
  await makeStateDirectory(state);
  const run = promisify(execFile);
  await run('chown', ['-R', `${user}:`, state]);
  for (const directory of writes) {
    await run('runuser', ['--user', user, '--', 'test', '-w', directory]).catch(() => {
      throw new UsageError(
        `${user} may not write to ${directory}; give --state and --output others`,
      );
    });
  }
}

/** One line for sh. The report of a drift without an --output would be a letter at every run. */
export function cronLine({ command, directory }: Job, options: Options): string {
  const run = `cd ${quoted(directory)} && ${command.map(quoted).join(' ')}`;
  return options.outputs.length === 0 ? `${run} >/dev/null` : run;
}

/** The service has a /tmp of its own. */
function refuseTemporary(paths: readonly string[]): void {
  const found = paths.find((each) => /^\/(?:var\/)?tmp(?:\/|$)/.test(each));
  if (found !== undefined) {
    throw new UsageError(`${found} is temporary; a schedule needs a place that stays`);
  }
}

function absolute(file: string | undefined): string | undefined {
  return file === undefined ? undefined : path.resolve(file);
}

function named(option: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [option, value];
}
