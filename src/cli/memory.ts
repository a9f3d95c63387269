/** What a run leaves on the controller: its turn while it is at work, and a line in the journal. */
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { groupedBy } from '../model/grouping';
import type { JournalEntry, Revision } from '../model/journal-entry';
import { follow, type Followed, type Remembered, told } from '../model/deviation';
import { type Command, exitCode, type OutcomeKind, type RunOutcome } from '../model/outcome';
import { jsonReport } from '../report/json';
import { makeStateDirectory, stateDirectory } from '../state/directory';
import { appendToJournal } from '../state/journal';
import { revisionOf } from '../state/revision';
import { type Run, takeRunLock } from '../state/run-lock';
import { readSeen, writeSeen } from '../state/seen';
import { runOnDrift } from './on-drift';
import { operator, userName } from './operator';
import type { Options } from './options';
import type { Loaded } from './session';
import { UsageError } from './usage-error';

export interface Memory {
  /** The state directory of the inventory. */
  readonly directory: string;
  /** Holds a drift against the last one, and remembers it. */
  follow(run: RunOutcome): Promise<RunOutcome>;
  /** Lets --on-drift know of what `follow` has found to be new or gone; 1 where that fails, or 0. */
  alert(run: RunOutcome): Promise<number>;
  /** Writes the run into the journal. */
  record(run: RunOutcome, code: number): Promise<void>;
  /** The same for a run that ended before it could tell of hosts. */
  recordError(message: string): Promise<void>;
  /** The next one may begin. */
  close(): Promise<void>;
}

/** Years of a schedule in a fleet of some hosts. */
const largestJournalBytes = 32 * 1024 * 1024;

/** How long who changes hosts waits for its turn: longer than a scheduled check takes. */
const patienceMs = 10 * 60_000;
const askAgainMs = 1000;

/**
 * Waits for its turn if need be: an apply or a rollback for a scheduled drift to end, whereas a drift
 * gives way, since the next one is not far. Who only looks, plan and verify, needs no turn.
 * @throws UsageError where it doesn't get it, or nothing can be written down.
 */
export async function openMemory(
  command: Command,
  { inventory, place }: Loaded,
  options: Options,
  startedAt: Date,
): Promise<Memory> {
  const directory = await stateOf(place, options);
  await orUsage(directory, makeStateDirectory(directory));
  const [revision, release] = await Promise.all([
    revisionOf(place),
    needsTurn(command, options) ? turn(command, directory) : () => Promise.resolve(),
  ]);
  const append = async (
    end: Pick<JournalEntry, 'exitCode' | 'hosts' | 'failedChecks' | 'error'>,
  ) => {
    const file = journalFile(directory, options);
    const entry = { ...begun(command, inventory.name, revision, options, startedAt), ...end };
    await orUsage(file, appendToJournal(file, entry, { largestBytes: largestJournalBytes }));
  };
  let followed: Followed | undefined;
  const keep = (seen: Remembered) => orUsage(directory, writeSeen(directory, seen));
  return {
    directory,
    follow: async (run) => {
      followed = follow(run, await readSeen(directory), startedAt.toISOString());
      await keep(followed.remembered);
      return { ...run, drifting: followed.drifting };
    },
    alert: async (run) => {
      if (followed === undefined || options.onDrift === undefined) return 0;
      const { alerts, remembered } = followed;
      const [newOnes, resolved] = [alerts.present.length, alerts.gone.length];
      if (newOnes + resolved === 0) return 0;
      const document = jsonReport(run);
      const counts = { newOnes, resolved, exitCode: exitCode(run) };
      const why = await runOnDrift(options.onDrift, {
        document,
        inventory: inventory.name,
        ...counts,
      });
      if (why === undefined) {
        await keep(told(remembered));
        return 0;
      }
      process.stderr.write(`wgpush: --on-drift: ${why}; it is run again the next time\n`);
      return 1;
    },
    record: (run, code) =>
      append({
        exitCode: code,
        hosts: byOutcome(run),
        failedChecks: run.checks.filter(({ status }) => status === 'fail').length,
      }),
    recordError: (error) => append({ exitCode: 1, hosts: {}, failedChecks: 0, error }),
    close: release,
  };
}

/** The state directory of an inventory, by the path of its directory or of its one file. */
export async function stateOf(place: string, { state }: Options): Promise<string> {
  const settings = {
    given: state ?? process.env['WGPUSH_STATE'],
    xdgStateHome: process.env['XDG_STATE_HOME'],
    home: homedir(),
  };
  return stateDirectory(settings, await realpath(place));
}

/** Where the journal of an inventory is. @param directory its state directory. */
export function journalFile(directory: string, { journal }: Options): string {
  return journal ?? path.join(directory, 'journal.jsonl');
}

function needsTurn(command: Command, { dryRun }: Options): boolean {
  return command === 'drift' || command === 'rollback' || (command === 'apply' && !dryRun);
}

async function turn(command: Command, directory: string): Promise<() => Promise<void>> {
  const end = Date.now() + (command === 'drift' ? 0 : patienceMs);
  for (let isTold = false; ; isTold = true) {
    const taken = await orUsage(directory, takeRunLock(directory, command, userName()));
    if (taken.kind === 'taken') return () => taken.release();
    const message = `another run is at work on this inventory: ${runText(taken.by)}`;
    if (Date.now() >= end) throw new UsageError(message);
    if (!isTold) process.stderr.write(`wgpush: ${message}; waiting for it to end\n`);
    await pause(askAgainMs);
  }
}

function runText({ command, user, pid, since }: Run): string {
  return `${command} by ${user}, process ${String(pid)}, since ${since}`;
}

function begun(
  command: Command,
  inventory: string,
  revision: Revision,
  options: Options,
  startedAt: Date,
) {
  const { limit, dryRun, plan, out, forks, acceptNew } = options;
  return {
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    by: operator(),
    command,
    options: {
      ...(limit === undefined ? {} : { limit }),
      ...(dryRun && command !== 'plan' ? { dryRun } : {}),
      ...(plan === undefined ? {} : { plan }),
      ...(out === undefined ? {} : { out }),
      ...(acceptNew ? { acceptNew } : {}),
      forks,
    },
    inventory,
    revision,
  };
}

function byOutcome({ hosts }: RunOutcome): JournalEntry['hosts'] {
  const groups = groupedBy(hosts, ({ outcome }) => outcome).map(
    (group): [OutcomeKind, readonly string[]] => [group[0].outcome, group.map(({ host }) => host)],
  );
  return Object.fromEntries(groups);
}

async function orUsage<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new UsageError(`${file} cannot be written (${code}); --state says where else`);
  }
}
