/**
 * Hosts that have the same to say, together: two hundred hosts still read well.
 *
 * What is the same is what a reader sees. Of a new peer two hundred configurations have the same new
 * lines, though no two of them are the same file; and of a fleet that begins, every host has its own
 * lines in every file, which are counted where there are many such hosts.
 */
import type { PlannedChange } from '../model/change';
import { type Group, groupedBy } from '../model/grouping';
import type { IgnoredBy } from '../model/ignored-by';
import type { HostOutcome, OutcomeKind } from '../model/outcome';
import { type DifferenceLine, differenceOf } from './difference';

export interface HostBlock {
  readonly hosts: Group<HostOutcome>;
  /** Of each of them; last those that do not count. */
  readonly changes: readonly ToldChange[];
}

export interface ToldChange {
  /** The first host's. */
  readonly change: PlannedChange;
  /** What is the same on all hosts of the block. */
  readonly lines: readonly DifferenceLine[];
  /** How many more lines a host has at most, if they are not the same on all. */
  readonly ownLines: number;
  /** The rules that it is ignored by; none: it counts. */
  readonly by: readonly IgnoredBy[];
}

export interface Detail {
  /** Are differences told line by line? */
  readonly diff: boolean;
  /** Are commands told? Then hosts are together only if they have the same ones. */
  readonly commands: boolean;
}

/** From the one that needs least attention to the one that needs most. */
const order: readonly OutcomeKind[] = [
  'unchanged',
  'changed',
  'pending',
  'diverged',
  'failed',
  'unreachable',
];

/** So many blocks that differ in lines only are read one by one; more become one. */
const readOneByOne = 5;

interface Told {
  readonly host: HostOutcome;
  readonly changes: readonly Pick<ToldChange, 'change' | 'by'>[];
  /** One for each change. */
  readonly differences: readonly (readonly DifferenceLine[])[];
}

/** Quiet ones first. */
export function hostBlocks(hosts: readonly HostOutcome[], detail: Detail): readonly HostBlock[] {
  const told = hosts.map((host): Told => {
    const counting = host.changes.map((change) => ({ change, by: [] }));
    const changes = [...counting, ...(host.ignored ?? [])];
    const differences = changes.map(({ change }) => (detail.diff ? differenceOf(change) : []));
    return { host, changes, differences };
  });
  return groupedBy(told, (each) => shapeOf(each, detail))
    .toSorted(([one], [other]) => rank(one) - rank(other))
    .flatMap((alike) => {
      const same = groupedBy(alike, ({ differences }) => JSON.stringify(differences.map(changed)));
      return same.length > readOneByOne && !detail.commands ? [alike] : same;
    })
    .map(blockOf);
}

function rank({ host }: Told): number {
  return order.indexOf(host.outcome);
}

/** What hosts of one block have in common whatever the lines. */
function shapeOf({ host: { outcome, error }, changes }: Told, { commands }: Detail): string {
  const told = changes.map(({ change: { role, summary, reason, commands: scripts }, by }) => [
    ...[role, summary, reason, by],
    ...(commands ? scripts.map(({ text }) => text) : []),
  ]);
  return JSON.stringify([outcome, error, told]);
}

function blockOf(block: Group<Told>): HostBlock {
  const [first, ...others] = block;
  const changes = first.changes.map(({ change, by }, index) => {
    const own = first.differences[index] ?? [];
    return {
      change,
      by,
      ...together(
        own,
        others.map(({ differences }) => differences[index] ?? []),
      ),
    };
  });
  return { hosts: [first.host, ...others.map(({ host }) => host)], changes };
}

function together(
  first: readonly DifferenceLine[],
  others: readonly (readonly DifferenceLine[])[],
): Pick<ToldChange, 'lines' | 'ownLines'> {
  const all = [first, ...others];
  if (areSame(all)) return { lines: first, ownLines: 0 };
  const changes = all.map(changed);
  if (areSame(changes)) return { lines: withoutKept(first), ownLines: 0 };
  const common = commonLines(changes);
  const most = Math.max(...changes.map((each) => each.length));
  return { lines: common, ownLines: most - common.length };
}

function areSame(all: readonly (readonly DifferenceLine[])[]): boolean {
  return new Set(all.map((each) => JSON.stringify(each))).size === 1;
}

/** The lines that come or go. */
function changed(lines: readonly DifferenceLine[]): readonly DifferenceLine[] {
  return lines.filter(isChange);
}

/** The lines around are another matter on every host; that there are some is not. */
function withoutKept(lines: readonly DifferenceLine[]): readonly DifferenceLine[] {
  return lines
    .map((line): DifferenceLine => (line.kind === 'kept' ? { kind: 'gap', text: '' } : line))
    .filter(({ kind }, index, gaps) => {
      const [before, after] = [gaps[index - 1]?.kind, gaps.slice(index).some(isChange)];
      return kind !== 'gap' || (index > 0 && before !== 'gap' && after);
    });
}

function isChange({ kind }: DifferenceLine): boolean {
  return kind === 'added' || kind === 'removed';
}

/** Each once, in the order of the first; blank ones separate what is not shown. */
function commonLines(all: readonly (readonly DifferenceLine[])[]): readonly DifferenceLine[] {
  const [first = [], ...others] = all.map((lines) =>
    lines.filter(({ text }) => text.trim() !== ''),
  );
  const known = others.map((lines) => new Set(lines.map(keyOf)));
  const distinct = [...new Map(first.map((line) => [keyOf(line), line])).values()];
  return distinct.filter((line) => known.every((lines) => lines.has(keyOf(line))));
}

function keyOf({ kind, text }: DifferenceLine): string {
  return `${kind} ${text}`;
}
