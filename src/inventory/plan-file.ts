/** A saved plan as a file: written by `wgpush plan --out`, and read, and doubted, by an apply. */
import { readFile } from 'node:fs/promises';
import { isSealed, planSchema, type SavedPlan } from '../model/saved-plan';
import { replaceFile } from './replace-file';
import schema from './schemas/plan.schema.json';
import { validatorOf } from './validator';

export type PlanFile =
  | { readonly kind: 'read'; readonly plan: SavedPlan }
  /** For the operator; what to do about it is to make a new one. */
  | { readonly kind: 'refused'; readonly why: string };

/** Whole or not at all, for its owner alone. @throws what the file system says. */
export async function writePlan(file: string, plan: SavedPlan): Promise<void> {
  await replaceFile(file, `${JSON.stringify(plan, null, 2)}\n`, { mode: 0o600 });
}

/** @param version of this wgpush: `wgpush 0.1.0`. */
export async function readPlan(file: string, version: string): Promise<PlanFile> {
  const refused = (why: string): PlanFile => ({ kind: 'refused', why });
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return refused(code === undefined ? 'is no plan: it is not JSON' : `cannot be read (${code})`);
  }
  const [kind, madeBy] = [textAt(value, 'schema'), textAt(value, 'madeBy')];
  if (kind?.startsWith('wgpush/plan/') !== true) return refused('is no plan');
  if (madeBy !== undefined && madeBy !== version) {
    return refused(`was made by ${madeBy}, and this is ${version}`);
  }
  if (kind !== planSchema) return refused(`is a plan of another kind, ${kind}`);
  if (!validatorOf(schema)(value)) return refused('is not as wgpush has written it');
  // The schema has checked it.
  const plan = value as SavedPlan;
  return isSealed(plan) ? { kind: 'read', plan } : refused('is not as wgpush has written it');
}

function textAt(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = (value as Readonly<Record<string, unknown>>)[key];
  return typeof found === 'string' ? found : undefined;
}
