/** Reading what a user wrote: every mistake on the way is yielded, what could be read is returned. */
import type { Problem } from '../model/problem';

/**
 * It never stops at a mistake; a part that could not be read is missing from what it returns. So
 * all mistakes of all files are found in one go.
 */
export type Reading<Value> = Generator<Problem, Value, undefined>;

export interface Finished<Value> {
  readonly value: Value;
  readonly problems: readonly Problem[];
}

/** Carries a reading out. */
export function finish<Value>(reading: Reading<Value>): Finished<Value> {
  const problems: Problem[] = [];
  let step = reading.next();
  while (step.done !== true) {
    problems.push(step.value);
    step = reading.next();
  }
  return { value: step.value, problems };
}

/** Reads one after another; what could not be read is left out. */
export function* each<Item, Value>(
  items: Iterable<Item>,
  read: (item: Item) => Reading<Value | undefined>,
): Reading<readonly Value[]> {
  const values: Value[] = [];
  for (const item of items) {
    const value = yield* read(item);
    if (value !== undefined) values.push(value);
  }
  return values;
}
