/** `wgpush apply`, and `wgpush plan`, which is its dry run. */
import { type Application, apply, wellIn } from '../../executor/application';
import { type Inspection, inspect, verify } from '../../executor/inspection';
import { answersOf } from '../../executor/look';
import { heldTo, plannedChanges } from '../../executor/saved-plan';
import type { Check } from '../../model/check';
import type { Lock } from '../../model/lock';
import { livingRules, withoutIgnored } from '../../model/ignoring';
import type { HostOutcome } from '../../model/outcome';
import { sh } from '../../model/shell';
import { meshIn } from '../../plan/values';
import { oneSidedEdges } from '../../verify/one-sided';
import type { Options } from '../options';
import { confirm } from '../confirm';
import { type Findings, inSession, reportOn, type Run } from '../run';
import { checkPlanOutput, narrowed, openPlan, savePlan } from '../saved-plan';
import type { Session } from '../session';

export function applyCommand(options: Options, command: 'plan' | 'apply'): Promise<number> {
  return reportOn(command, options, (run) =>
    inSession(run, options, (session) => applyIn(session, run, options)),
  );
}

async function applyIn(session: Session, run: Run, options: Options): Promise<Findings> {
  const { means } = session;
  const { loaded } = run;
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
  const isLate = means.brake.reason !== undefined;
  if (!options.yes && !isLate) await confirm(inspection, session.warnings, run, options);
  const agreed = saved === undefined ? {} : { planned: plannedChanges(inspection) };
  return run.interruption.changing(() =>
    carryOut({ ...assignment, ...agreed }, inspection, session, options),
  );
}

async function carryOut(
  assignment: Session['assignment'],
  inspection: Inspection,
  session: Session,
  options: Options,
): Promise<Findings> {
  const { means } = session;
  const record = (lock: Lock) => session.record(lock);
  const applied = await apply(assignment, inspection, means, record, options.rollout);
  const { wanted, outcomes } = applied;
  const isStopped = means.brake.reason !== undefined;
  const checks = isStopped ? [] : await verified({ ...assignment, wanted }, outcomes, means);
  const { reason } = means.brake;
  return {
    hosts: outcomes,
    checks,
    ...(reason === undefined ? {} : { stopped: reason }),
    ...oneSided(inspection, applied, options),
  };
}

/** Of the edges that the run has left one-sided, if there are any. */
function oneSided(
  before: Inspection,
  { wanted, looks }: Application,
  { inventory }: Options,
): Pick<Findings, 'oneSided'> {
  const edges = oneSidedEdges(
    meshIn(wanted),
    wanted.inventory.network.interface,
    [...looks.keys()],
    answersOf(before.looks),
    answersOf(looks),
  );
  if (edges.length === 0) return {};
  const lacking = [...new Set(edges.map(({ peer }) => peer))].join(',');
  const command = sh`wgpush apply -i ${inventory} --limit ${lacking}`.text;
  return { oneSided: { edges, command } };
}

/** Whoever was not reached, failed or was not begun has nothing to say about the network. */
async function verified(
  assignment: Session['assignment'],
  outcomes: readonly HostOutcome[],
  means: Session['means'],
): Promise<Findings['checks']> {
  const well = new Set(wellIn(outcomes));
  const hosts = assignment.hosts.filter(({ name }) => well.has(name));
  const of = (kind: HostOutcome['outcome']) =>
    new Set(outcomes.flatMap(({ host, outcome }) => (outcome === kind ? host : [])));
  const { checks } = await verify({ ...assignment, hosts }, means, {
    unreached: of('unreachable'),
  });
  const notBegun = of('pending');
  const found = checks.map((check): Check =>
    check.status === 'fail' && check.peer !== undefined && notBegun.has(check.peer)
      ? { ...check, status: 'skip', evidence: `${check.peer} is yet to be changed` }
      : check,
  );
  // What is declared is made, whatever a rule says of it; what is found afterwards is as verify has it.
  const { inventory, today } = assignment.wanted;
  return withoutIgnored({ hosts: [], checks: found }, livingRules(inventory, today)).checks;
}

function isPending({ outcomes }: Inspection): boolean {
  return outcomes.some(({ outcome }) => outcome === 'pending');
}
