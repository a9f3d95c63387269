/** `wgpush apply`, and `wgpush plan`, which is its dry run. */
import { apply } from '../../executor/application';
import { type Inspection, inspect, verify } from '../../executor/inspection';
import type { Options } from '../options';
import { confirm } from '../confirm';
import { type Findings, inSession, reportOn } from '../run';
import type { Loaded, Session } from '../session';

export function applyCommand(options: Options, command: 'plan' | 'apply'): Promise<number> {
  return reportOn(command, options, (loaded) =>
    inSession(loaded, options, (session) => run(session, loaded, options)),
  );
}

async function run(session: Session, loaded: Loaded, options: Options): Promise<Findings> {
  const { assignment, means } = session;
  const inspection = await inspect(assignment, means, { checks: false });
  if (options.dryRun || !isPending(inspection)) {
    if (!options.dryRun) await session.record(inspection.wanted.lock);
    return { hosts: inspection.outcomes, checks: [] };
  }
  if (!options.yes) await confirm(inspection, loaded, options);
  const { wanted, outcomes } = await apply(assignment, inspection, means, (lock) =>
    session.record(lock),
  );
  // Whoever was not reached or failed has nothing to say about the network.
  const well = assignment.hosts.filter(({ name }) =>
    outcomes.some(({ host, outcome }) => host === name && /^(un)?changed$/.test(outcome)),
  );
  const unreached = outcomes.flatMap(({ host, outcome }) =>
    outcome === 'unreachable' ? host : [],
  );
  const { checks } = await verify({ ...assignment, wanted, hosts: well }, means, {
    unreached: new Set(unreached),
  });
  return { hosts: outcomes, checks };
}

function isPending({ outcomes }: Inspection): boolean {
  return outcomes.some(({ outcome }) => outcome === 'pending');
}
