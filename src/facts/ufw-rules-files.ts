/** Rules in the files that ufw loads around its own list, and that a person edits: ufw-framework(8). */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

/** A rule that admits, as it stands in a file. */
export interface FileRule {
  readonly file: string;
  /** `-A CHAIN …` */
  readonly rule: string;
}

const names = ['before.rules', 'before6.rules', 'after.rules', 'after6.rules'];

/** Of the rules on what comes in, those that admit; none where there is no ufw. */
export function ufwFileRules(): Fact<readonly FileRule[]> {
  const files = names.map((name) => `/etc/ufw/${name}`);
  return {
    title: 'the rules around those of ufw',
    question: sh`set --
for file in ${files}; do if [ -e "$file" ]; then set -- "$@" "$file"; fi; done
[ $# -gt 0 ] || exit 0
grep -HE '^-[AI] ufw6?-(before|after)-input .*-j ACCEPT' "$@"
[ $? -le 1 ]`,
    parse: (answer) => {
      if (answer.exitCode !== 0) throw new UnexpectedAnswer("cannot read ufw's files", answer);
      return linesOf(answer.stdout).map((line) => {
        const at = line.indexOf(':');
        return { file: line.slice(0, at), rule: line.slice(at + 1) };
      });
    },
  };
}
