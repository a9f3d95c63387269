/** `wgpush rollback`: back to the state before the last push, on the hosts that are named. */
import { goBack, lookBack } from '../../executor/rollback';
import { confirm } from '../confirm';
import type { Options } from '../options';
import { type Findings, inSession, reportOn, type Run } from '../run';
import type { Session } from '../session';
import { UsageError } from '../usage-error';

export async function rollbackCommand(options: Options): Promise<number> {
  if (options.limit === undefined) {
    throw new UsageError('rollback needs --limit: the hosts that are to go back');
  }
  return reportOn('rollback', options, (run) =>
    inSession(run, options, (session) => rollBack(session, run, options)),
  );
}

async function rollBack(session: Session, run: Run, options: Options): Promise<Findings> {
  const { assignment, means } = session;
  const { hosts } = assignment;
  const retrospect = await lookBack(hosts, means);
  const { outcomes } = retrospect;
  const warnings = outcomes
    .filter(({ outcome }) => outcome === 'unchanged')
    .map(({ host }) => `${host} has nothing to go back to`);
  if (!outcomes.some(({ outcome }) => outcome === 'pending')) {
    return { hosts: outcomes, checks: [], warnings };
  }
  if (!options.yes) await confirm(retrospect, session.warnings, run, options);
  return run.interruption.changing(async () => {
    const ended = await goBack(hosts, retrospect, means);
    const { reason } = means.brake;
    const stopped = reason === undefined ? {} : { stopped: reason };
    return { hosts: ended, checks: [], warnings, ...stopped };
  });
}
