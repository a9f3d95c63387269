/** `wgpush validate`: everything that can be wrong without a host, and what the inventory declares. */
import { allocate } from '../../model/allocation';
import { adviceOn, overviewOf } from '../../model/overview';
import { judgeExceptions } from '../../verify/exceptions';
import { judgeIgnoreRules } from '../../verify/ignore-rules';
import type { Options } from '../options';
import { reportOn } from '../run';
import { today } from '../session';

export function validateCommand(options: Options): Promise<number> {
  return reportOn('validate', options, ({ loaded: { inventory, lock } }) => {
    const { lock: allocated } = allocate(inventory, lock, today());
    return Promise.resolve({
      hosts: [],
      checks: [...judgeExceptions(inventory, today()), ...judgeIgnoreRules(inventory, today())],
      overview: overviewOf(inventory, allocated),
      warnings: adviceOn(inventory, today()),
    });
  });
}
