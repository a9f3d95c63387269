/**
 * What a run leaves on the controller: its turn while it is at work, and a line in the journal.
 *
 * Where nothing can be written, who would change hosts does nothing. Who only looks goes on: what is
 * wrong with hosts must not stay unseen because of a disk of the controller's. It says what is lost.
 */
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { follow, type Followed, type Remembered, told } from '../model/deviation';
import { groupedBy } from '../model/grouping';
import type { JournalEntry, Revision } from '../model/journal-entry';
import { type Command, exitCode, type OutcomeKind, type RunOutcome } from '../model/outcome';
import { jsonReport } from '../report/json';
import { makeStateDirectory, stateDirectory } from '../state/directory';
import { appendToJournal, checkJournal } from '../state/journal';
import { revisionOf } from '../state/revision';
import { readSeen, writeSeen } from '../state/seen';
import { runOnDrift } from './on-drift';
import { operator } from './operator';
import type { Options } from './options';
import type { Loaded } from './session';
import { takeTurn } from './turn';
import { UsageError } from './usage-error';

export interface Memory {
  /** What is lost because nothing can be written; only for who looks. */
  readonly warnings: readonly string[];
  /** Holds a drift against the last one, and remembers it. */
  follow(run: RunOutcome): Promise<RunOutcome>;
  /** Lets --on-drift know of what `follow` has found to be new or gone; 1 where that fails, or 0. */
  alert(run: RunOutcome): Promise<number>;
  /** Writes the run into the journal; 1 where that fails for who has changed hosts, or 0. */
  record(run: RunOutcome, code: number): Promise<number>;
  /** The same for a run that ended before it could tell of hosts. */
  recordError(message: string): Promise<void>;
  /** The next one may begin. */
  close(): Promise<void>;
}

/** Years of a schedule in a fleet of some hosts. */
const largestJournalBytes = 32 * 1024 * 1024;

/**
 * Waits for its turn if need be; who only looks, plan and verify, needs none.
 * @throws UsageError where it doesn't get it, or nothing of a run that changes hosts can be written.
 */
export async function openMemory(
  command: Command,
  { inventory, place }: Loaded,
  options: Options,
  startedAt: Date,
): Promise<Memory> {
  const directory = await stateOf(place, options);
  const journal = journalFile(directory, options);
  const changesHosts = command === 'rollback' || (command === 'apply' && !options.dryRun);
  const made = await attempted(makeStateDirectory(directory));
  const noted = await attempted(checkJournal(journal));
  if (changesHosts) refuseUnwritable(directory, made.trouble);
  if (changesHosts) refuseUnwritable(journal, noted.trouble);
  const turn =
    made.trouble === undefined && (changesHosts || command === 'drift')
      ? await attempted(takeTurn(command, directory, options))
      : made;
  if (changesHosts) refuseUnwritable(directory, turn.trouble);
  const amnesia = turn.trouble;
  const revision = await revisionOf(place);
  const append = async (
    end: Pick<JournalEntry, 'exitCode' | 'hosts' | 'failedChecks' | 'stopped' | 'error'>,
  ): Promise<number> => {
    if (noted.trouble !== undefined) return 0;
    const entry = { ...begun(command, inventory.name, revision, options, startedAt), ...end };
    const settings = { largestBytes: largestJournalBytes };
    const { trouble } = await attempted(appendToJournal(journal, entry, settings));
    if (trouble === undefined) return 0;
    say(`${unwritable(journal, trouble)}; the history does not tell of this run`);
    return changesHosts ? 1 : 0;
  };
  let followed: Followed | undefined;
  const keep = async (seen: Remembered): Promise<string | undefined> =>
    amnesia ?? (await attempted(writeSeen(directory, seen))).trouble;
  return {
    warnings: [
      ...(command === 'drift' ? lost(directory, amnesia, forgetful) : []),
      ...lost(journal, noted.trouble, 'the history will not tell of this run'),
    ],
    follow: async (run) => {
      const before = amnesia === undefined ? await readSeen(directory) : nothing;
      followed = follow(run, before, startedAt.toISOString());
      const trouble = await keep(followed.remembered);
      if (trouble === undefined) return { ...run, drifting: followed.drifting };
      if (amnesia !== undefined) return run;
      const forgotten = `${unwritable(directory, trouble)}; what is new is so for the next drift too`;
      return { ...run, drifting: followed.drifting, warnings: [...run.warnings, forgotten] };
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
      if (why !== undefined) {
        say(`--on-drift: ${why}; it is run again the next time`);
        return 1;
      }
      if ((await keep(told(remembered))) !== undefined) {
        say('--on-drift: that it was run cannot be written down; it is run again the next time');
      }
      return 0;
    },
    record: (run, code) =>
      append({
        exitCode: code,
        hosts: byOutcome(run),
        failedChecks: run.checks.filter(({ status }) => status === 'fail').length,
        ...(run.stopped === undefined ? {} : { stopped: run.stopped }),
      }),
    recordError: async (error) => {
      await append({ exitCode: 1, hosts: {}, failedChecks: 0, error });
    },
    close: async () => turn.value?.(),
  };
}

const forgetful =
  "what is new since the last drift can't be told, and no other run is kept away meanwhile";

function lost(file: string, trouble: string | undefined, what: string): readonly string[] {
  return trouble === undefined ? [] : [`${unwritable(file, trouble)}; ${what}`];
}

function refuseUnwritable(file: string, trouble: string | undefined): void {
  if (trouble !== undefined) throw new UsageError(unwritable(file, trouble));
}

/** What nobody remembers. */
const nothing: Remembered = { present: [], gone: [] };

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

function say(message: string): void {
  process.stderr.write(`wgpush: ${message}\n`);
}

function unwritable(file: string, code: string): string {
  return `${file} cannot be written (${code}); --state says where else`;
}

interface Attempted<T> {
  readonly value?: T;
  /** The code of what the file system says against it: `EROFS`. */
  readonly trouble?: string;
}

async function attempted<T>(work: Promise<T>): Promise<Attempted<T>> {
  try {
    return { value: await work };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { trouble: code };
  }
}
