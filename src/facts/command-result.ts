/** How a command ends on a host, and the end of what it says. It is meant to read only. */
import { sh } from '../model/shell';
import { type Fact, UnexpectedAnswer } from './fact';

export interface CommandResult {
  /** 124: it took too long (timeout(1)); 127: there is no such command. */
  readonly exitCode: number;
  /** The last 4096 bytes of both its outputs. */
  readonly output: string;
}

export function commandResult(
  argv: readonly string[],
  timeoutSeconds: number,
): Fact<CommandResult> {
  return {
    title: `how ${argv.join(' ')} ends`,
    question: sh`{ timeout ${timeoutSeconds} ${argv} 2>&1; printf '\n%s end' "$?"; } | tail -c 4096`,
    parse: (answer) => {
      const [, output, exitCode] = /^([^]*)\n(\d+) end$/.exec(answer.stdout) ?? [];
      if (output === undefined) throw new UnexpectedAnswer(`cannot run ${argv.join(' ')}`, answer);
      return { exitCode: Number(exitCode), output };
    },
  };
}
