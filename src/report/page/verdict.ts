/** How the run ended, in words: the first thing on the page. */
import { type Command, exitCode, type RunOutcome } from '../../model/outcome';
import { counted } from '../counted';
import { ignoredCount, tally } from '../tally';
import type { State } from './state';

export interface Verdict {
  readonly state: State;
  readonly title: string;
  readonly text: string;
}

export function verdictOf(run: RunOutcome): Verdict {
  if (run.problems.length > 0) {
    const text = 'No host was connected to, so nothing is known of them.';
    return { state: 'fail', title: `Not valid: ${counted(run.problems.length, 'mistake')}`, text };
  }
  const wrong = wrongs(run);
  if (wrong.length === 0) return { ...well(run), text: besides(run) };
  const isOnlyPending = exitCode(run) === 2 && run.command !== 'drift';
  return {
    state: isOnlyPending ? 'warn' : 'fail',
    title: `${isOnlyPending ? 'Changes are pending' : 'Not as declared'}: ${wrong.join('; ')}`,
    text: besides(run),
  };
}

function wrongs(run: RunOutcome): readonly string[] {
  const { unreachable, failed, diverged, pending } = tally(run.hosts);
  const changes = run.hosts.flatMap((host) =>
    host.outcome === 'pending' ? host.changes : [],
  ).length;
  const fails = run.checks.filter(({ status }) => status === 'fail').length;
  return [
    unreachable > 0 ? `${counted(unreachable, 'host')} could not be reached` : '',
    failed > 0 ? `${counted(failed, 'host')} failed` : '',
    diverged > 0 ? `${counted(diverged, 'host')} diverged` : '',
    fails > 0 ? `${counted(fails, 'check')} ${fails === 1 ? 'does' : 'do'} not hold` : '',
    pending > 0 ? `${counted(changes, 'change')} on ${counted(pending, 'host')}` : '',
    run.stopped === undefined ? '' : `stopped, because ${run.stopped}`,
  ].filter((part) => part !== '');
}

const titles: Readonly<Record<Command, string>> = {
  validate: 'The inventory is valid',
  plan: 'Nothing to change',
  apply: 'As declared',
  drift: 'No drift',
  verify: 'Everything that was looked at holds',
  rollback: 'Back to the state before',
  status: 'The sessions were told',
};

/** Whoever looked at nothing has proven nothing. */
function well(run: RunOutcome): Pick<Verdict, 'state' | 'title'> {
  const { command, hosts, checks } = run;
  const isProven = checks.some(({ status }) => status !== 'skip');
  if (command === 'verify' && !isProven) return { state: 'none', title: 'Nothing was checked' };
  if (command !== 'validate' && hosts.length === 0) {
    return { state: 'none', title: 'No host was looked at' };
  }
  const ignored = ignoredCount(run);
  if (ignored === 0) return { state: 'pass', title: titles[command] };
  const are = ignored === 1 ? 'is' : 'are';
  return {
    state: 'ignored',
    title: `${titles[command]}, but for ${counted(ignored, 'thing')} that ${are} ignored`,
  };
}

/** What the title leaves out. */
function besides(run: RunOutcome): string {
  const skips = run.checks.filter(({ status }) => status === 'skip').length;
  const warns = run.checks.filter(({ status }) => status === 'warn').length + run.warnings.length;
  const ignored = wrongs(run).length > 0 ? ignoredCount(run) : 0;
  const left = unasked(run).length;
  const parts = [
    run.command === 'validate' ? 'No host was connected to.' : '',
    /^(plan|drift|verify)$/.test(run.command) ? 'Nothing was changed.' : '',
    left > 0 ? `${counted(left, 'host')} had no say.` : '',
    skips > 0 ? `${counted(skips, 'check')} could not be made.` : '',
    warns > 0 ? `${counted(warns, 'warning')}.` : '',
    ignored > 0 ? `${String(ignored)} ignored.` : '',
    run.checks.length === 0 && run.command !== 'validate' ? 'No check was made.' : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** Hosts that had no say: those that were not selected, and those that could not tell. */
export function unasked({ hosts, mesh }: RunOutcome): readonly string[] {
  const silent = hosts.filter(({ outcome }) => outcome === 'unreachable' || outcome === 'failed');
  const known = new Set(hosts.map(({ host }) => host));
  const others = mesh === undefined ? [] : [...mesh.values()].filter((node) => node.isManaged);
  return [
    ...silent.map(({ host }) => host),
    ...others.map(({ name }) => name).filter((name) => !known.has(name)),
  ];
}
