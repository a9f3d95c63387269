/** `wgpush schedule`: a drift that is run by systemd or cron. */
import { locate } from '../../inventory/inventory-files';
import path from 'node:path';
import { fileChange } from '../../report/file-change';
import { readCrontab, writeCrontab } from '../../schedule/cron';
import { jobIn, withJob, withoutJob } from '../../schedule/crontab';
import { SchedulerFailed } from '../../schedule/scheduler-failed';
import { installUnits, isScheduled, removeUnits, shown, unitText } from '../../schedule/systemd';
import { markOf, serviceText, timerText, unitName } from '../../schedule/units';
import { stateOf } from '../memory';
import type { Given, Options } from '../options';
import { checkOutputs } from '../outputs';
import { printProblems, printText } from '../print';
import { cronLine, intervalIn, jobOf, makeState } from '../schedule-job';
import { load } from '../session';
import { UsageError } from '../usage-error';

export function scheduleInstall(options: Options, given: Given): Promise<number> {
  return orUsage(async () => {
    const interval = intervalIn(given);
    const loaded = await load(options);
    if (loaded.kind === 'invalid') return printProblems(loaded.problems);
    await checkOutputs(options.outputs);
    const job = await jobOf(loaded, options, given);
    const { inventory } = job;
    if (given['cron'] === true) {
      if (interval.cron === undefined) throw new UsageError('cron knows no less than 1m');
      const before = await readCrontab();
      const command = cronLine(job, options);
      const after = withJob(before, { inventory, time: interval.cron, command });
      const changed = new Map([['crontab', [before, after] as const]]);
      return settle(changed, options, () => writeCrontab(after));
    }
    needRoot();
    const name = unitName(job);
    const timer = `${name}.timer`;
    const units = new Map([
      [`${name}.service`, serviceText(job)],
      [timer, timerText(job, interval)],
    ]);
    const before = await ownUnits([...units.keys()], inventory);
    const changed = new Map(
      [...units].map(([unit, text]) => [unit, [before.get(unit) ?? '', text] as const]),
    );
    const isRunning = await isScheduled(timer);
    return settle(
      changed,
      options,
      async () => {
        await makeState(job, await stateOf(loaded.place, options));
        await installUnits(units, timer);
      },
      { isRunning },
    );
  });
}

export function scheduleShow(options: Options): Promise<number> {
  return orUsage(async () => {
    const { name, inventory } = await named(options);
    const timer = `${unitName({ name })}.timer`;
    const lines: string[] = [];
    if ((await unitText(timer))?.startsWith(markOf({ inventory })) === true) {
      const next = await shown(timer, ['ActiveState', 'NextElapseUSecRealtime', 'LastTriggerUSec']);
      const last = await shown(`${unitName({ name })}.service`, ['ExecMainStatus', 'Result']);
      lines.push(
        `${timer} is ${next['ActiveState'] ?? 'unknown'}`,
        `next run     ${next['NextElapseUSecRealtime'] || 'none'}`,
        `last run     ${next['LastTriggerUSec'] || 'none'}`,
        `last result  exit code ${last['ExecMainStatus'] ?? 'unknown'} (${last['Result'] ?? ''})`,
      );
    }
    const line = jobIn(await readCrontab().catch(() => ''), inventory);
    if (line !== undefined) lines.push(`crontab      ${line}`);
    if (lines.length === 0) lines.push(`nothing is scheduled for ${inventory}`);
    await printText(`${lines.join('\n')}\n`);
    return 0;
  });
}

export function scheduleRemove(options: Options): Promise<number> {
  return orUsage(async () => {
    const { name, inventory } = await named(options);
    const units = ['service', 'timer'].map((kind) => `${unitName({ name })}.${kind}`);
    const present = await ownUnits(units, inventory);
    const crontab = await readCrontab().catch(() => '');
    const without = withoutJob(crontab, inventory);
    const changed = new Map([
      ...[...present].map(([unit, text]) => [unit, [text, ''] as const] as const),
      ...(crontab === without ? [] : [['crontab', [crontab, without] as const] as const]),
    ]);
    if (present.size > 0) needRoot();
    return settle(changed, options, async () => {
      if (present.size > 0) await removeUnits(units, `${unitName({ name })}.timer`);
      if (crontab !== without) await writeCrontab(without);
    });
  });
}

/** Shows what changes, and does it; 2 for a dry run with something to do, as `apply` has it. */
async function settle(
  files: ReadonlyMap<string, readonly [before: string, after: string]>,
  { dryRun, quiet }: Options,
  work: () => Promise<void>,
  { isRunning = true }: { readonly isRunning?: boolean } = {},
): Promise<number> {
  const changed = [...files].filter(([, [before, after]]) => before !== after);
  if (changed.length === 0 && isRunning) {
    if (!quiet) await printText('unchanged\n');
    return 0;
  }
  const shownChanges = changed.map(([name, [before, after]]) => fileChange(name, before, after));
  if (!quiet) await printText(shownChanges.join(''));
  if (dryRun) return 2;
  await work();
  if (!quiet) await printText('done\n');
  return 0;
}

/** The texts of those that are there. @throws UsageError where one is of another inventory. */
async function ownUnits(
  units: readonly string[],
  inventory: string,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const unit of units) {
    const text = await unitText(unit);
    if (text === undefined) continue;
    const [first = ''] = text.split('\n');
    if (first !== markOf({ inventory })) {
      throw new UsageError(`there is a ${unit} already, which is not of this inventory: ${first}`);
    }
    found.set(unit, text);
  }
  return found;
}

async function named({ inventory }: Options) {
  const located = await locate(inventory, process.cwd());
  if (located.kind === 'missing') throw new UsageError(located.problem.message);
  const { name, directory, hosts } = located.files;
  return { name, inventory: path.resolve(directory ?? hosts) };
}

function needRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new UsageError('units of systemd need root; --cron is for your own crontab');
}

async function orUsage(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SchedulerFailed) throw new UsageError(error.message);
    throw error;
  }
}
