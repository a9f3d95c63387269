/** What is found and does not count: by which rule, why, who answers for it, and until when. */
import { daysBetween } from '../../model/day';
import { groupedBy } from '../../model/grouping';
import type { IgnoredBy } from '../../model/ignored-by';
import type { RunOutcome } from '../../model/outcome';
import { counted } from '../counted';
import { listTable } from './list-table';
import { type Markup, markup } from './markup';
import { names } from './names';
import { badge } from './state';
import { dayText } from './time';

/** So many days before its end a rule is marked; `drift` and `validate` warn of it as early. */
const soon = 30;

interface Passed {
  readonly host: string;
  readonly what: 'change' | 'check';
  readonly rule: IgnoredBy;
}

/** `today` is `YYYY-MM-DD`, in UTC. */
export function ignoredTable(
  run: Pick<RunOutcome, 'hosts' | 'checks'>,
  today: string,
): Markup | undefined {
  const passed = passedOver(run);
  if (passed.length === 0) return undefined;
  const rows = groupedBy(passed, ({ rule }) => rule.id).map((group) => {
    const [{ rule }] = group;
    const { id, reason, owner, expires } = rule;
    const hosts = [...new Set(group.map(({ host }) => host))];
    const numbers = (['change', 'check'] as const).flatMap((what) => {
      const number = group.filter((each) => each.what === what).length;
      return number === 0 ? [] : counted(number, what);
    });
    const days = daysBetween(today, expires);
    const left = days > soon ? markup`${days}` : badge('warn', String(days));
    return [id, numbers.join(', '), names(hosts), reason, owner, dayText(expires), left];
  });
  return listTable({
    caption:
      'What is not as declared and does not count, by the rules of ignores.yaml. It is told where it was found, too.',
    heads: ['Rule', 'What', 'Hosts', 'Why', 'Owner', 'Until', 'Days left'],
    rows,
    isHeaded: true,
  });
}

function passedOver({ hosts, checks }: Pick<RunOutcome, 'hosts' | 'checks'>): readonly Passed[] {
  const changes = hosts.flatMap(({ host, ignored = [] }) =>
    ignored.flatMap(({ by }) => by.map((rule): Passed => ({ host, what: 'change', rule }))),
  );
  const judged = checks.flatMap(({ host, ignored }) =>
    (ignored?.by ?? []).map((rule): Passed => ({ host, what: 'check', rule })),
  );
  return [...changes, ...judged];
}
