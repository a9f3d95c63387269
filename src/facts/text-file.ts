/** A file as it is, for files that hold no secrets. */
import { type Script, sh } from '../model/shell';
import { type Fact, UnexpectedAnswer } from './fact';

/** What to answer where `-e` finds no file: `absent`, or an error where nobody may look. */
export function absence(path: string): Script {
  // In a shell of its own: a redirection that fails ends it. A link to nothing is something.
  return sh`why=$(if [ -L ${path} ]; then ls -d ${path}; else true <${path}; fi 2>&1)
case $why in *[Nn]'o such file'*) echo absent;; *) printf '%s\n' "$why" >&2; exit 1;; esac`;
}

/** The file's text with one line feed at its end; undefined where there is no file. */
export function textFile(path: string): Fact<string | undefined> {
  return {
    title: `the file ${path}`,
    question: sh`if [ -e ${path} ]; then cat ${path} && echo end; else ${absence(path)}; fi`,
    parse: (answer) => {
      if (answer.exitCode !== 0) throw new UnexpectedAnswer(`cannot read ${path}`, answer);
      if (answer.stdout === 'absent') return undefined;
      return answer.stdout.replace(/\n*end$/, '\n');
    },
  };
}
