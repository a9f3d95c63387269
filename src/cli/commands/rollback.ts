/** `wgpush rollback`: back to the state before the last push, on the hosts that are named. */
import { goBack, lookBack } from '../../executor/rollback';
import { confirm } from '../confirm';
import type { Options } from '../options';
import { type Findings, inSession, reportOn } from '../run';
import type { Loaded, Session } from '../session';
import { UsageError } from '../usage-error';

export async function rollbackCommand(options: Options): Promise<number> {
  if (options.limit === undefined) {
    throw new UsageError('rollback needs --limit: the hosts that are to go back');
  }
  return reportOn('rollback', options, (loaded) =>
    inSession(loaded, options, (session) => run(session, loaded, options)),
  );
}

async function run(
  { assignment: { hosts }, means }: Session,
  loaded: Loaded,
  options: Options,
): Promise<Findings> {
  const retrospect = await lookBack(hosts, means);
  const { outcomes } = retrospect;
  const warnings = outcomes
    .filter(({ outcome }) => outcome === 'unchanged')
    .map(({ host }) => `${host} has nothing to go back to`);
  if (!outcomes.some(({ outcome }) => outcome === 'pending')) {
    return { hosts: outcomes, checks: [], warnings };
  }
  if (!options.yes) await confirm(retrospect, loaded, options);
  return { hosts: await goBack(hosts, retrospect, means), checks: [], warnings };
}
