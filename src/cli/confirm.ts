/** Shows what would be changed, and asks. */
import { createInterface } from 'node:readline/promises';
import { createColors } from 'picocolors';
import type { Inspection } from '../executor/inspection';
import { textReport } from '../report/text';
import type { Options } from './options';
import type { Loaded } from './session';
import { UsageError } from './usage-error';

/** @throws UsageError where the answer is no, or nobody is there to give one. */
export async function confirm(
  { outcomes }: Pick<Inspection, 'outcomes'>,
  { inventory }: Loaded,
  options: Options,
): Promise<void> {
  const plan = textReport(
    {
      command: 'plan',
      inventory: inventory.name,
      startedAt: '',
      durationMs: 0,
      hosts: outcomes,
      checks: [],
      problems: [],
      warnings: [],
    },
    { colors: createColors(options.color), diff: options.diff, commands: options.verbose },
  );
  process.stderr.write(plan);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError('there is no terminal to ask on: give --yes to make these changes');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question('\nMake these changes? Only yes will do: ');
    if (answer.trim().toLowerCase() !== 'yes') throw new UsageError('nothing was changed');
  } finally {
    terminal.close();
  }
}
