/** A file as it is, for files that hold no secrets. */
import { sh } from '../model/shell';
import { type Fact, UnexpectedAnswer } from './fact';

/** The file's text with one line feed at its end; undefined where there is no file. */
export function textFile(path: string): Fact<string | undefined> {
  return {
    title: `the file ${path}`,
    question: sh`if [ -e ${path} ]; then cat ${path} && echo end; else echo absent; fi`,
    parse: (answer) => {
      if (answer.exitCode !== 0) throw new UnexpectedAnswer(`cannot read ${path}`, answer);
      if (answer.stdout === 'absent') return undefined;
      return answer.stdout.replace(/\n*end$/, '\n');
    },
  };
}
