/** The journal as a table: a line for each run, the last one last. */
import type { JournalEntry } from '../model/journal-entry';
import { escaped } from '../model/secret';
import { table } from './table';

export function historyText(entries: readonly JournalEntry[]): string {
  if (entries.length === 0) return 'No run is recorded.\n';
  const head = ['began', 'command', 'by', 'revision', 'exit', 'took', 'hosts'];
  return table([head, ...entries.map(row)].map((cells) => cells.map(escaped)));
}

function row(entry: JournalEntry): readonly string[] {
  const { startedAt, by, revision, exitCode, durationMs } = entry;
  const commit = revision.commit?.slice(0, 8);
  return [
    `${startedAt.slice(0, 19)}Z`,
    commandText(entry),
    by,
    commit === undefined ? revision.digest.slice(0, 8) : `${commit}${revision.isDirty ? '+' : ''}`,
    String(exitCode),
    `${(durationMs / 1000).toFixed(1)} s`,
    hostsText(entry),
  ];
}

function commandText({ command, options }: JournalEntry): string {
  const { dryRun, limit } = options;
  const more = [dryRun === true ? ' --dry-run' : '', limit === undefined ? '' : ` -l ${limit}`];
  return `${command}${more.join('')}`;
}

/** Whoever is as wanted is counted, whoever is not is named. */
function hostsText({ hosts, failedChecks, stopped, error }: JournalEntry): string {
  if (error !== undefined) return error;
  const parts = Object.entries(hosts).map(([outcome, names]) =>
    outcome === 'unchanged' || outcome === 'changed' || names.length > 3
      ? `${String(names.length)} ${outcome}`
      : `${outcome}: ${names.join(', ')}`,
  );
  if (failedChecks > 0) parts.push(`${String(failedChecks)} checks do not hold`);
  if (stopped !== undefined) parts.push(stopped);
  return parts.join('; ');
}
