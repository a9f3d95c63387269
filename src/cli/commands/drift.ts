/** `wgpush drift`: the scheduled check. An apply's plan and a verification, in one look. */
import { inspect } from '../../executor/inspection';
import { judgeExceptions } from '../../verify/exceptions';
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
      const exceptions = judgeExceptions(inventory, today);
      return {
        hosts: outcomes,
        checks: [...checks, ...doors, ...exceptions],
        ...shown(assignment, looks),
      };
    }),
  );
}
