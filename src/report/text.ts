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
import type { IgnoredBy } from '../model/ignored-by';
import type { HostOutcome, RunOutcome } from '../model/outcome';
import { escaped } from '../model/secret';
import { problemText } from '../model/problem';
import { counted } from './counted';
import type { DifferenceLine } from './difference';
import { driftingText } from './drifting';
import { type Detail, type HostBlock, hostBlocks, type ToldChange } from './host-blocks';
import { ignoredText } from './ignored';
import { nameList } from './name-list';
import { oneSidedTexts } from './one-sided';
import { overviewText } from './overview';
import { sessionCounts, sessionTable } from './sessions';
import { ignoredCount, tally } from './tally';

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
    ...oneSidedBlock(run, options),
    ...drifting,
    ...warnings,
    ...stopBlock(run, options),
  ];
  return `${[...blocks, '', summaryLine(run)].join('\n')}\n`;
}

/** What the mesh misses yet, and the command that heals it. */
function oneSidedBlock({ oneSided }: RunOutcome, { colors }: TextOptions): readonly string[] {
  if (oneSided === undefined) return [];
  const texts = oneSidedTexts(oneSided).map((text) => `  ${text}`);
  const head = `${colors.bold('one-sided'.padEnd(12))}  ${counted(oneSided.edges.length, 'edge')}`;
  return [[head, ...texts, `  heal by: ${escaped(oneSided.command)}`].join('\n')];
}

function stopBlock({ stopped }: RunOutcome, { colors }: TextOptions): readonly string[] {
  return stopped === undefined ? [] : [`${colors.red('stopped'.padEnd(12))}  ${escaped(stopped)}`];
}

function problemReport(run: RunOutcome): string {
  return `${run.problems.map(problemText).join('\n')}\n\n${summaryLine(run)}\n`;
}

function hostBlock({ hosts, changes }: HostBlock, options: TextOptions): string {
  const { colors } = options;
  const names = colors.bold(nameList(hosts.map((each) => each.host)).padEnd(12));
  const head = `${names}  ${headline(hosts[0], hosts.length, options)}`;
  // What an apply has not begun was shown before it.
  const shown = isHeld(hosts[0]) ? [] : changes;
  return [head, ...shown.map((change) => changeBlock(change, options))].join('\n');
}

/** Is it still to be changed after an apply? */
function isHeld({ outcome, error }: HostOutcome): boolean {
  return outcome === 'pending' && error !== null;
}

function headline(
  { outcome, changes, ignored = [], error }: HostOutcome,
  hosts: number,
  { colors }: TextOptions,
) {
  const each = hosts > 1 ? ' each' : '';
  const number = counted(changes.length, 'change') + each;
  const apart = ignored.length === 0 ? '' : `${String(ignored.length)} ignored${each}`;
  switch (outcome) {
    case 'unchanged':
      return apart === '' ? colors.dim('unchanged') : colors.yellow(`unchanged but for ${apart}`);
    case 'pending':
      if (error !== null) return colors.yellow(`pending: ${number}, ${escaped(error)}`);
      return colors.yellow(apart === '' ? number : `${number}, and ${apart}`);
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

function changeBlock({ change, lines, ownLines, by }: ToldChange, options: TextOptions): string {
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
  const note = by.length === 0 ? [] : [noteLine(by, options)];
  return [head, ...diffLines(lines, options), ...own, ...commands, ...note].join('\n');
}

function noteLine(by: readonly IgnoredBy[], { colors }: TextOptions): string {
  return `                ${colors.yellow(escaped(ignoredText(by)))}`;
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
function checkBlock(checks: readonly Check[], options: TextOptions): string {
  const { colors } = options;
  if (checks.length === 0) return '';
  const told = groupedBy(
    checks.filter(({ status }) => status !== 'pass'),
    causeOf,
  ).map(([{ id, title, status, evidence, ignored }, ...others]) => {
    const mark = status === 'fail' ? colors.red('fail') : colors.yellow(status);
    const more = others.length === 0 ? '' : `, and ${String(others.length)} more`;
    const line = `  ${mark}  ${id.padEnd(6)}${escaped(title)}${more}: ${escaped(evidence)}`;
    return ignored === undefined ? line : `${line}\n${noteLine(ignored.by, options)}`;
  });
  const of = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const counts = (['pass', 'warn', 'fail', 'skip', 'ignored'] as const)
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
  return JSON.stringify(peer === undefined ? check : [id, status, peer, evidence, check.ignored]);
}

/** The run in one line, for whoever has the report elsewhere. */
export function summaryLine(run: RunOutcome): string {
  const mistakes = run.problems.length;
  if (mistakes > 0) return `${counted(mistakes, 'mistake')}. No host was connected to.`;
  const { unchanged, pending, changed, failed, diverged, unreachable } = tally(run.hosts);
  const held = run.hosts.filter(isHeld).length;
  const changes = run.hosts.flatMap((host) => (isHeld(host) ? [] : host.changes)).length;
  const fails = run.checks.filter(({ status }) => status === 'fail').length;
  const ignored = ignoredCount(run);
  const isLook = run.command === 'verify' || run.command === 'status';
  const parts = [
    pending > held ? `${counted(changes, 'change')} on ${counted(pending - held, 'host')}` : '',
    changed > 0 ? `${counted(changed, 'host')} changed` : '',
    unchanged > 0 ? `${String(unchanged)} ${isLook ? 'looked at' : 'unchanged'}` : '',
    diverged > 0 ? `${String(diverged)} diverged` : '',
    failed > 0 ? `${String(failed)} failed` : '',
    held > 0 ? `${String(held)} still pending` : '',
    unreachable > 0 ? `${String(unreachable)} unreachable` : '',
    fails > 0 ? `${counted(fails, 'check')} ${fails === 1 ? 'does' : 'do'} not hold` : '',
    ignored > 0 ? `${String(ignored)} ignored` : '',
    run.command === 'status' ? sessionCounts(run.handshakes ?? []) : '',
  ].filter((part) => part !== '');
  const nothing = pending > held || run.command === 'plan' || run.command === 'drift';
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
