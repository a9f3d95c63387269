/** `plan --out` and `apply --plan`: a plan on its way into a file, and back. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Assignment, Inspection } from '../executor/inspection';
import { plannedHosts } from '../executor/saved-plan';
import { readPlan, writePlan } from '../inventory/plan-file';
import { planSchema, type PlannedInventory, type SavedPlan, sealed } from '../model/saved-plan';
import { fileDigests, revisionOf } from '../state/revision';
import { operator } from './operator';
import type { Options } from './options';
import { checkWritable } from './outputs';
import type { Loaded } from './session';
import { UsageError } from './usage-error';
import { version } from './version';

/** Before any host is asked. @throws UsageError where no plan could be written there. */
export async function checkPlanOutput(file: string, { place }: Loaded): Promise<void> {
  await checkWritable('--out', file);
  const inventory = await realpath(place);
  const directory = await realpath(path.dirname(path.resolve(file)));
  if (directory === inventory || directory.startsWith(`${inventory}/`)) {
    throw new UsageError(
      `--out ${file} is in the inventory, which it would change: write it elsewhere`,
    );
  }
}

/** @throws UsageError where it cannot be written. */
export async function savePlan(
  file: string,
  inspection: Inspection,
  loaded: Loaded,
  { quiet }: Options,
): Promise<void> {
  const plan = sealed({
    schema: planSchema,
    madeBy: `wgpush ${version()}`,
    madeAt: new Date().toISOString(),
    operator: operator(),
    inventory: await inventoryNow(loaded),
    hosts: plannedHosts(inspection),
  });
  try {
    await writePlan(path.resolve(file), plan);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new UsageError(`--out ${file} cannot be written (${code})`);
  }
  const { name } = loaded.inventory;
  if (!quiet) {
    process.stderr.write(
      `The plan is in ${file}: wgpush apply -i ${name} --plan ${file} does it.\n`,
    );
  }
}

/** @throws UsageError where it is no plan for this inventory, as it is now. */
export async function openPlan(file: string, loaded: Loaded): Promise<SavedPlan> {
  const again = `make a new one with wgpush plan -i ${loaded.inventory.name} --out ${file}`;
  const read = await readPlan(file, `wgpush ${version()}`);
  if (read.kind === 'refused') throw new UsageError(`${file} ${read.why}; ${again}`);
  const { inventory } = read.plan;
  if (inventory.name !== loaded.inventory.name) {
    throw new UsageError(
      `${file} is of inventory ${inventory.name}, and not of ${loaded.inventory.name}`,
    );
  }
  const differences = differencesOf(inventory, await inventoryNow(loaded));
  if (differences.length === 0) return read.plan;
  const back = inventory.commit === null ? '' : `, or go back to commit ${inventory.commit}`;
  throw new UsageError(
    `${file} was made for another state of the inventory: ${differences.join(', ')}; nothing was done; ${again}${back}`,
  );
}

/** Its hosts, and no others. @throws UsageError where --limit leaves none of them. */
export function narrowed(assignment: Assignment, plan: SavedPlan): Assignment {
  const planned = new Set(plan.hosts.map(({ host }) => host));
  const hosts = assignment.hosts.filter(({ name }) => planned.has(name));
  if (hosts.length === 0) throw new UsageError('--limit leaves no host of the plan');
  return { ...assignment, hosts };
}

async function inventoryNow({ inventory, place, lockFile }: Loaded): Promise<PlannedInventory> {
  const [{ commit, isDirty }, files] = await Promise.all([
    revisionOf(place),
    fileDigests(place, lockFile),
  ]);
  return { name: inventory.name, commit: isDirty ? null : commit, files };
}

function differencesOf(planned: PlannedInventory, now: PlannedInventory): readonly string[] {
  const names = [...new Set([...Object.keys(planned.files), ...Object.keys(now.files)])].sort();
  return names.flatMap((name) => {
    const [before, after] = [planned.files[name], now.files[name]];
    if (before === after) return [];
    if (before === undefined) return `${name} is new`;
    return after === undefined ? `${name} is gone` : `${name} has changed`;
  });
}
