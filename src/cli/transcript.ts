/**
 * What is said with a host, as --verbose shows it: what it was given to run, and what it answered.
 *
 * The host's name stands before each line, because hosts are talked with at the same time: `$` before
 * what is run, `>` and `!` before what came on stdout and stderr, `=` before an exit code above 0.
 */
import type { Exchange } from '../executor/event';
import { printable } from '../model/secret';

/** Safe for a terminal, and keys hidden. */
export function transcript(host: string, exchanges: readonly Exchange[]): string {
  const marked = (mark: string, text: string): readonly string[] =>
    text === '' ? [] : text.split('\n').map((line) => `${host} ${mark} ${line}`.trimEnd());
  return exchanges
    .flatMap(({ asked, answer: { exitCode, stdout, stderr } }) => [
      ...marked('$', printable(asked)),
      ...marked('>', printable(stdout)),
      ...marked('!', printable(stderr.trimEnd())),
      ...(exitCode === 0 ? [] : marked('=', `exit code ${String(exitCode)}`)),
    ])
    .join('\n');
}
