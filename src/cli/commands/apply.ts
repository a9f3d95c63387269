/** `wgpush apply`, and `wgpush plan`, which is its dry run. */
import { apply } from '../../executor/application';
import { type Inspection, inspect, verify } from '../../executor/inspection';
import { heldTo, plannedChanges } from '../../executor/saved-plan';
import type { Options } from '../options';
import { confirm } from '../confirm';
import { type Findings, inSession, reportOn } from '../run';
import { checkPlanOutput, narrowed, openPlan, savePlan } from '../saved-plan';
import type { Loaded, Session } from '../session';

export function applyCommand(options: Options, command: 'plan' | 'apply'): Promise<number> {
  return reportOn(command, options, (loaded) =>
    inSession(loaded, options, (session) => run(session, loaded, options)),
  );
}

async function run(session: Session, loaded: Loaded, options: Options): Promise<Findings> {
  const { means } = session;
  if (options.out !== undefined) await checkPlanOutput(options.out, loaded);
  const saved = options.plan === undefined ? undefined : await openPlan(options.plan, loaded);
  const assignment = saved === undefined ? session.assignment : narrowed(session.assignment, saved);
  const looked = await inspect(assignment, means, { checks: false });
  const inspection = saved === undefined ? looked : heldTo(saved.hosts, looked);
  if (options.out !== undefined) await savePlan(options.out, inspection, loaded, options);
  if (options.dryRun || !isPending(inspection)) {
    if (!options.dryRun) await session.record(inspection.wanted.lock);
    return { hosts: inspection.outcomes, checks: [] };
  }
  if (!options.yes) await confirm(inspection, loaded, options);
  const agreed = saved === undefined ? {} : { planned: plannedChanges(inspection) };
  const { wanted, outcomes } = await apply(
    { ...assignment, ...agreed },
    inspection,
    means,
    (lock) => session.record(lock),
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
