/** The entry: runs the command line, and turns how it ended into the exit code. */
import { commandLine } from './command-line';

/** Never throws; a bug of ours ends in a stack on stderr and exit code 1. */
export function main(args: readonly string[] = process.argv.slice(2)): void {
  commandLine(args).then(
    (code) => {
      process.exitCode = code;
    },
    (bug: unknown) => {
      console.error(bug);
      process.exitCode = 1;
    },
  );
}
