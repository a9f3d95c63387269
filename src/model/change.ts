/** One difference between a host and what is wanted of it, with the commands that remove it. */
import type { Script } from './shell';
import type { Undo } from './undo';

export interface Change {
  /** One line, imperative: `install wireguard-tools`. */
  readonly summary: string;
  /** What there is now, in the words of the tool it belongs to; lines where it has several. */
  readonly before: string;
  /** What there will be. */
  readonly after: string;
  /** Why, where the difference alone doesn't say it: `nobody declared it`. */
  readonly reason?: string;
  /** Is it done once, when all else of its role is done? So a unit is restarted once for all its files. */
  readonly isDeferred?: true;
  /** Run in order; the first that fails ends the push on this host. */
  readonly commands: readonly Script[];
}

/** A change in the plan of a host: whose task it came from. */
export interface PlannedChange extends Change {
  readonly role: string;
  /** The resource's kind. */
  readonly resource: string;
  /** What it may touch; undefined: it is never taken back. */
  readonly undo?: Undo | undefined;
}

/** The lines that only one of its two texts has, each with a sign before it: `-` now, `+` then. */
export function differingLines({
  before,
  after,
}: Pick<Change, 'before' | 'after'>): readonly string[] {
  const [had, has] = [before.split('\n'), after.split('\n')];
  return [
    ...had.filter((line) => !has.includes(line)).map((line) => `-${line}`),
    ...has.filter((line) => !had.includes(line)).map((line) => `+${line}`),
  ];
}

/** What stands for a value that only the apply can tell, such as the key of a new host. */
export const knownAfterApply = '(known after apply)';
