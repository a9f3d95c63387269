/** Data on stdout, for commands that print no report. */
import { type Problem, problemText } from '../model/problem';

/** Resolves when it is written. */
export function printText(text: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => {
      // A reader that has gone (`| head`), or a terminal, is no failure of ours.
      if (error && !/^(EPIPE|EIO)$/.test((error as NodeJS.ErrnoException).code ?? ''))
        reject(error);
      else resolve();
    });
  });
}

/** What was passed over, on stderr. */
export function printWarnings(warnings: readonly Problem[]): void {
  for (const warning of warnings) process.stderr.write(`${problemText(warning)}\n`);
}

/** The mistakes in an inventory, on stderr, so that nobody takes them for data; gives the exit code. */
export function printProblems(problems: readonly Problem[]): number {
  process.stderr.write(`${problems.map(problemText).join('\n')}\n`);
  return 1;
}
