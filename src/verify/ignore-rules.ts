/** The life of the ignore rules: one that has expired hides nothing, and is to be cleared away. */
import type { Check } from '../model/check';
import type { IgnoreRule } from '../model/ignore-rule';
import type { Inventory } from '../model/inventory';
import { judgeLastDay } from './last-day';

/**
 * A rule serves what its checks serve; what is changed on a host serves INV-1.
 * @param today `YYYY-MM-DD`, in UTC.
 */
export function judgeIgnoreRules({ ignores }: Inventory, today: string): readonly Check[] {
  return ignores.flatMap((rule) =>
    rule.hosts.map((host): Check => ({
      id: rule.names.kind === 'checks' ? rule.names.id : 'INV-1',
      host,
      title: `ignore rule ${rule.id} (${rule.reason}) of ${host} has not expired`,
      ...judgeLastDay(rule, today),
    })),
  );
}

/** What to say of rules that nothing was found for. */
export function unusedText({ id }: IgnoreRule): string {
  return `ignore rule ${id} ignores nothing any more; remove it from ignores.yaml`;
}
