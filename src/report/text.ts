/**
 * An outcome as text, for a terminal or a log.
 *
 * Hosts that have the same to say share one block, so that two hundred hosts still read well; what
 * needs attention comes last, where the eye is.
 */
import type { Colors } from 'picocolors/types';
import type { PlannedChange } from '../model/change';
import { groupedBy } from '../model/grouping';
import type { Check } from '../model/check';
import type { HostOutcome, RunOutcome } from '../model/outcome';
import { escaped } from '../model/secret';
import { problemText } from '../model/problem';
import { counted } from './counted';
import type { DifferenceLine } from './difference';
import { driftingText } from './drifting';
import { type Detail, type HostBlock, hostBlocks, type ToldChange } from './host-blocks';
import { nameList } from './name-list';
import { overviewText } from './overview';
import { sessionCounts, sessionTable } from './sessions';
import { tally } from './tally';

export interface TextOptions extends Detail {
  readonly colors: Colors;
}

export function textReport(run: RunOutcome, options: TextOptions): string {
  if (run.problems.length > 0) return problemReport(run);
  const isStatus = run.command === 'status';
  // Of a host that has told its sessions there is no more to say.
  const hosts = hostBlocks(
    isStatus ? run.hosts.filter(({ outcome }) => outcome !== 'unchanged') : run.hosts,
    options,
  ).map((block) => hostBlock(block, options));
  const handshakes = (isStatus ? run.handshakes : undefined) ?? [];
  const sessions = handshakes.length === 0 ? [] : [sessionTable(handshakes, options.colors)];
  const checks = checkBlock(run.checks, options);
  const overview =
    run.overview === undefined ? [] : [overviewText(run.inventory, run.overview, options.colors)];
  const warnings = run.warnings.map(
    (warning) => `${options.colors.yellow('warning')}  ${escaped(warning)}`,
  );
  const drifting = driftingText(run.drifting ?? [], options.colors);
  const blocks = [
    ...[...overview, ...sessions, ...hosts],
    ...(checks === '' ? [] : [checks]),
    ...drifting,
    ...warnings,
  ];
  return `${[...blocks, '', summaryLine(run)].join('\n')}\n`;
}

function problemReport(run: RunOutcome): string {
  return `${run.problems.map(problemText).join('\n')}\n\n${summaryLine(run)}\n`;
}

function hostBlock({ hosts, changes }: HostBlock, options: TextOptions): string {
  const { colors } = options;
  const names = colors.bold(nameList(hosts.map((each) => each.host)).padEnd(12));
  const head = `${names}  ${headline(hosts[0], hosts.length, options)}`;
  return [head, ...changes.map((change) => changeBlock(change, options))].join('\n');
}

function headline(
  { outcome, changes, error }: HostOutcome,
  hosts: number,
  { colors }: TextOptions,
) {
  const number = counted(changes.length, 'change') + (hosts > 1 ? ' each' : '');
  switch (outcome) {
    case 'unchanged':
      return colors.dim('unchanged');
    case 'pending':
      return colors.yellow(number);
    case 'changed':
      return colors.green(`changed: ${number}`);
    case 'diverged':
    case 'failed':
    case 'unreachable':
      return colors.red(
        `${outcome}: ${escaped(error ?? '').replaceAll('\n', '\n                ')}`,
      );
  }
}

function changeBlock({ change, lines, ownLines }: ToldChange, options: TextOptions): string {
  const { colors } = options;
  const reason = change.reason === undefined ? '' : colors.dim(`  (${change.reason})`);
  const head = `  ${change.role.padEnd(12)}${escaped(change.summary)}${reason}`;
  const own =
    ownLines === 0
      ? []
      : [
          colors.dim(
            `                … and up to ${counted(ownLines, 'more line')}, not the same on each host (--verbose)`,
          ),
        ];
  const commands = options.commands ? commandLines(change, options) : [];
  return [head, ...diffLines(lines, options), ...own, ...commands].join('\n');
}

function commandLines({ commands }: PlannedChange, { colors }: TextOptions): readonly string[] {
  return commands.flatMap(({ text }) =>
    text.split('\n').map((line) => colors.dim(`                $ ${escaped(line)}`)),
  );
}

function diffLines(lines: readonly DifferenceLine[], { colors }: TextOptions): readonly string[] {
  const line = (mark: string, text: string) => `                ${mark} ${text}`;
  return lines.map(({ kind, text }) => {
    switch (kind) {
      case 'added':
        return colors.green(line('+', text));
      case 'removed':
        return colors.red(line('-', text));
      case 'kept':
        return colors.dim(line(' ', text));
      case 'gap':
        return colors.dim('                …');
    }
  });
}

/** What holds is counted; what does not is told. */
function checkBlock(checks: readonly Check[], { colors }: TextOptions): string {
  if (checks.length === 0) return '';
  const told = groupedBy(
    checks.filter(({ status }) => status !== 'pass'),
    causeOf,
  ).map(([{ id, title, status, evidence }, ...others]) => {
    const mark = status === 'fail' ? colors.red('fail') : colors.yellow(status);
    const more = others.length === 0 ? '' : `, and ${String(others.length)} more`;
    return `  ${mark}  ${id.padEnd(6)}${escaped(title)}${more}: ${escaped(evidence)}`;
  });
  const of = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const counts = (['pass', 'warn', 'fail', 'skip'] as const)
    .filter((status) => of(status) > 0)
    .map((status) => `${String(of(status))} ${status}`);
  return [`${colors.bold('checks'.padEnd(12))}  ${counts.join(', ')}`, ...told].join('\n');
}

/**
 * What has one cause is told once: what could not be looked at for one reason, and a host that is
 * down, which none of two hundred others reaches.
 */
function causeOf(check: Check): string {
  const { id, status, peer, evidence } = check;
  if (status === 'skip') return JSON.stringify([id, status, evidence]);
  return JSON.stringify(peer === undefined ? check : [id, status, peer, evidence]);
}

/** The run in one line, for whoever has the report elsewhere. */
export function summaryLine(run: RunOutcome): string {
  const mistakes = run.problems.length;
  if (mistakes > 0) return `${counted(mistakes, 'mistake')}. No host was connected to.`;
  const { unchanged, pending, changed, failed, diverged, unreachable } = tally(run.hosts);
  const changes = run.hosts.flatMap((host) => host.changes).length;
  const fails = run.checks.filter(({ status }) => status === 'fail').length;
  const isLook = run.command === 'verify' || run.command === 'status';
  const parts = [
    pending > 0 ? `${counted(changes, 'change')} on ${counted(pending, 'host')}` : '',
    changed > 0 ? `${counted(changed, 'host')} changed` : '',
    unchanged > 0 ? `${String(unchanged)} ${isLook ? 'looked at' : 'unchanged'}` : '',
    diverged > 0 ? `${String(diverged)} diverged` : '',
    failed > 0 ? `${String(failed)} failed` : '',
    unreachable > 0 ? `${String(unreachable)} unreachable` : '',
    fails > 0 ? `${counted(fails, 'check')} ${fails === 1 ? 'does' : 'do'} not hold` : '',
    run.command === 'status' ? sessionCounts(run.handshakes ?? []) : '',
  ].filter((part) => part !== '');
  const nothing = pending > 0 || run.command === 'plan' || run.command === 'drift';
  const title = {
    validate: 'Valid',
    plan: 'Plan',
    apply: 'Apply',
    drift: 'Drift',
    verify: 'Verify',
    rollback: 'Rollback',
    status: 'Status',
  };
  const start = run.command === 'validate' ? ', but ' : ': ';
  const counts = parts.length === 0 ? '' : start + parts.join('; ');
  return `${title[run.command]}${counts}.${nothing ? ' Nothing was changed.' : ''}`;
}
