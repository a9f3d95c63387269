/**
 * Questions that one process can answer together: to ask systemctl(1) for one unit costs a host as
 * much as to ask it for ten. Where the joint answer does not fall into as many parts as were asked for,
 * each is asked alone, and tells itself what is wrong.
 */
import { lines, Script, sh } from '../model/shell';

/** Text of its own, so that it can be asked alone too. */
export class JointQuestion extends Script {
  /**
   * @param command prints a part for each subject that is given to it, in their order, with an empty
   *   line between two parts and none within.
   */
  constructor(
    readonly command: Script,
    readonly subject: string,
  ) {
    super(sh`${command} ${subject}`.text);
  }
}

/** How the questions of a script are asked. */
export interface Asking {
  /** To be run before the first of them is answered. */
  readonly beforehand: Script;
  /** In the order of the questions. */
  readonly bodies: readonly Script[];
}

/** @param questions each once. */
export function askedJointly(questions: readonly Script[]): Asking {
  const commands = [...new Set(questions.flatMap(commandOf))];
  const groups = new Map(
    commands.map((text) => [text, questions.filter((one) => commandOf(one).includes(text))]),
  );
  const variableOf = (text: string) => new Script(`joint_${String(commands.indexOf(text) + 1)}`);
  const bodies = questions.map((question) => {
    const [text = ''] = commandOf(question);
    const group = groups.get(text) ?? [];
    if (group.length < 2) return question;
    return sh`part ${group.indexOf(question) + 1} ${group.length} "$${variableOf(text)}" || ${question}`;
  });
  const asked = [...groups].filter(([, group]) => group.length > 1);
  const beforehand = asked.map(([text, group]) => {
    const subjects = group.flatMap((one) => (one instanceof JointQuestion ? one.subject : []));
    return sh`${variableOf(text)}=$(${new Script(text)} ${subjects} 2>/dev/null) || ${variableOf(text)}=`;
  });
  return { beforehand: lines(...beforehand, sh`:`), bodies };
}

/** Defines the shell function `part`: prints part $1 of the text $3, if it has $2 parts. */
export const definePart: Script = sh`part() {
gap='

' rest=$3 number=1
while :; do
[ "$number" -ne "$1" ] || found=${new Script('${rest%%"$gap"*}')}
case $rest in *"$gap"*) ;; *) break;; esac
rest=${new Script('${rest#*"$gap"}')} number=$((number + 1))
done
[ "$number" -eq "$2" ] && printf '%s\n' "$found"
}`;

function commandOf(question: Script): readonly string[] {
  return question instanceof JointQuestion ? [question.command.text] : [];
}
