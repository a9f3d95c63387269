/** Shows what would be changed, and asks. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { createColors } from 'picocolors';
import type { Inspection } from '../executor/inspection';
import { textReport } from '../report/text';
import { Interrupted } from './interruption';
import type { Options } from './options';
import type { Run } from './run';
import { UsageError } from './usage-error';

/**
 * @param warnings what is to be thought of before one says yes.
 * @throws UsageError where the answer is no, or nobody is there to give one; Interrupted.
 */
export async function confirm(
  { outcomes }: Pick<Inspection, 'outcomes'>,
  warnings: readonly string[],
  { loaded: { inventory }, interruption }: Run,
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
      warnings,
    },
    { colors: createColors(options.color), diff: options.diff, commands: options.verbose },
  );
  process.stderr.write(plan);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError('there is no terminal to ask on: give --yes to make these changes');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal is read key by key, so that Ctrl-C is one of them, and Ctrl-D is no answer.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const closed = once(terminal, 'close').then(() => undefined);
  try {
    const question = terminal.question('\nMake these changes? Only yes will do: ');
    const answer = await interruption.orEnded(Promise.race([question, closed]));
    if (answer === undefined) process.stderr.write('\n');
    if (answer?.trim().toLowerCase() !== 'yes') throw new UsageError('nothing was changed');
  } catch (error) {
    if (error instanceof Interrupted) process.stderr.write('\n');
    throw error;
  } finally {
    terminal.close();
  }
}
