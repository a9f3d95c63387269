/** `wgpush drift`: the scheduled check. An apply's plan and a verification, in one look. */
import { inspect } from '../../executor/inspection';
import { livingRules, unusedRules, withoutIgnored } from '../../model/ignoring';
import { judgeExceptions } from '../../verify/exceptions';
import { judgeIgnoreRules, unusedText } from '../../verify/ignore-rules';
import type { Options } from '../options';
import { probe } from '../probe';
import { shown } from '../shown';
import { inSession, reportOn } from '../run';

export function driftCommand(options: Options): Promise<number> {
  return reportOn('drift', options, (run) =>
    inSession(run, options, async ({ assignment, means }) => {
      const judgeDoors = probe(assignment, means);
      const { looks, outcomes, checks } = await inspect(assignment, means, { checks: true });
      const doors = await judgeDoors(looks);
      const { inventory, today } = assignment.wanted;
      const rules = livingRules(inventory, today);
      const found = withoutIgnored({ hosts: outcomes, checks: [...checks, ...doors] }, rules);
      // Nobody can pass over the end of what he has been allowed.
      const ends = [...judgeExceptions(inventory, today), ...judgeIgnoreRules(inventory, today)];
      return {
        hosts: found.hosts,
        checks: [...found.checks, ...ends],
        warnings: unusedRules(found, rules).map(unusedText),
        ...shown(assignment, looks),
      };
    }),
  );
}
