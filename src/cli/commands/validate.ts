/** `wgpush validate`: everything that can be wrong without a host. */
import { judgeExceptions } from '../../verify/exceptions';
import type { Options } from '../options';
import { reportOn } from '../run';
import { today } from '../session';

export function validateCommand(options: Options): Promise<number> {
  return reportOn('validate', options, ({ inventory }) =>
    Promise.resolve({ hosts: [], checks: judgeExceptions(inventory, today()) }),
  );
}
