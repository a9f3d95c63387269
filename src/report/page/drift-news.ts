/**
 * What is new since the last run, what is no more, and what is known since when.
 *
 * What is said alike of many hosts is one row, so that a host that is down is one, however many do not
 * reach it.
 */
import type { Drifting } from '../../model/drifting';
import { type Group, groupedBy } from '../../model/grouping';
import type { RunOutcome } from '../../model/outcome';
import { checkSignature } from '../../model/signature';
import { thousands } from '../counted';
import { listTable } from './list-table';
import { type Markup, markup, nothing, type Part } from './markup';
import { ofAnyHost } from './any-host';
import { lines, names } from './names';
import { badge, type State, states } from './state';
import { minuteText } from './time';

interface News extends Drifting {
  /** How bad it is; what is no more is well. */
  readonly severity: State;
}

export function driftNews(drifting: readonly Drifting[], { checks }: RunOutcome): Markup {
  const statuses = new Map(checks.map((check) => [checkSignature(check), check.status]));
  const all = drifting.map((each): News => ({ ...each, severity: severityOf(each, statuses) }));
  const of = (state: Drifting['state']) => all.filter((each) => each.state === state);
  const [fresh, known, gone] = [of('new'), of('known'), of('resolved')];
  return markup`<p>${countsOf(fresh, known, gone)}</p>${table('New and resolved', [...fresh, ...gone])}${
    known.length === 0
      ? nothing
      : markup`<details><summary>${thousands(known.length)} known</summary>${table('Known from earlier runs', known)}</details>`
  }`;
}

function severityOf(
  { state, kind, signature }: Drifting,
  statuses: ReadonlyMap<string, State>,
): State {
  if (state === 'resolved') return 'pass';
  if (kind === 'check') return statuses.get(signature) ?? 'fail';
  return kind === 'host' ? 'fail' : 'warn';
}

function countsOf(
  fresh: readonly News[],
  known: readonly News[],
  gone: readonly News[],
): readonly Part[] {
  const first = known.map(({ since }) => since).toSorted()[0];
  const since = first === undefined ? nothing : markup`, the first since ${minuteText(first)}`;
  return [
    fresh.length === 0 ? 'Nothing is new' : `${thousands(fresh.length)} new`,
    markup`; ${thousands(known.length)} known${since}; ${thousands(gone.length)} resolved.`,
  ];
}

function table(caption: string, some: readonly News[]): Markup {
  if (some.length === 0) return nothing;
  const rows = togetherIn(some)
    .toSorted(([[one]], [[other]]) => states.indexOf(one.severity) - states.indexOf(other.severity))
    .map((findings) => {
      const [{ state, severity, since }] = findings[0];
      const titles = findings.map((alike) =>
        alike.length > 1 ? ofAnyHost(alike[0]) : alike[0].title,
      );
      return [
        ...[badge(severity, state), names(hostsOf(findings[0])), lines(titles, 'finding')],
        state === 'new' ? 'this run' : minuteText(since),
      ];
    });
  const heads = ['State', 'Host', 'Finding', 'Since'];
  return listTable({ caption, heads, rows, isHeaded: false });
}

/** A row for each: the findings that are the same hosts', and each as all of these have it. */
function togetherIn(some: readonly News[]): readonly Group<Group<News>>[] {
  const inOneRow = ({ state, severity, since, kind }: News) => [state, severity, since, kind];
  const alike = groupedBy(some, (each) => JSON.stringify([inOneRow(each), ofAnyHost(each)]));
  return groupedBy(alike, (group) => JSON.stringify([inOneRow(group[0]), hostsOf(group)]));
}

function hostsOf(alike: Group<News>): readonly string[] {
  return alike.map(({ host }) => host);
}
