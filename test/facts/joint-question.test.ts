/** Questions that are asked together, with real shells and a program that is told how to answer. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JointQuestion } from '../../src/facts/joint-question';
import { answerTo, askScript, readSighting } from '../../src/facts/questionnaire';
import { sh } from '../../src/model/shell';
import { freshDirectory, runWith, type Shell, shells } from './shell';

const nonce = 'f00dfacef00dface';

/** A program that says two lines of each of its arguments, and notes down each time that it is run. */
function teller(what: string) {
  const directory = freshDirectory();
  const program = join(directory, 'tell');
  const log = join(directory, 'log');
  writeFileSync(program, `#!/bin/sh\necho "$*" >>${log}\n${what}\n`, { mode: 0o755 });
  return {
    about: (subject: string) => new JointQuestion(sh`${program} -x`, subject),
    calls: () => readFileSync(log, 'utf8').trim().split('\n'),
  };
}

const telling = `shift; gap=
for each; do printf '%b' "$gap"; printf 'name=%s\nis there\n' "$each"; gap='\\n'; done`;
const [a, b] = ['a.service', "b'c d.service"];

function ask(questions: readonly JointQuestion[], shell: Shell) {
  const others = [sh`echo first`, ...questions, sh`echo last`];
  const { answers } = readSighting(others, nonce, runWith(shell, askScript(others).text, nonce));
  return questions.map((question) => {
    const { exitCode, stdout } = answerTo(question, answers);
    return [exitCode, stdout];
  });
}

describe.each(shells())('%s', (_, shell) => {
  it('several are answered by one process, each as if it were asked alone', () => {
    const { about, calls } = teller(telling);
    const answers = ask([about(a), about(b), about('c')], shell);
    expect(answers).toEqual([a, b, 'c'].map((each) => [0, `name=${each}\nis there`]));
    expect(calls()).toEqual([`-x ${a} ${b} c`]);
  });

  it('one alone is asked as it is', () => {
    const { about, calls } = teller(telling);
    expect(ask([about(a)], shell)).toEqual([[0, `name=${a}\nis there`]]);
    expect(calls()).toEqual([`-x ${a}`]);
  });

  it.each([
    ['fails when it is asked for several', `[ $# -eq 2 ] || exit 3\n${telling}`],
    ['says all and fails', `[ $# -eq 2 ] || { printf '1\\n\\n2\\n'; exit 3; }\n${telling}`],
    ['says too little of several', `[ $# -eq 2 ] || { echo one; exit 0; }\n${telling}`],
    ['says too much', `[ $# -eq 2 ] || { printf '1\\n\\n2\\n\\n3\\n'; exit 0; }\n${telling}`],
  ])('where the program %s, each is asked alone', (_title, what) => {
    const { about, calls } = teller(what);
    const answers = ask([about(a), about(b)], shell);
    expect(answers).toEqual([a, b].map((each) => [0, `name=${each}\nis there`]));
    expect(calls()).toEqual([`-x ${a} ${b}`, `-x ${a}`, `-x ${b}`]);
  });

  it('a failure is that of each', () => {
    const { about } = teller('echo no >&2; exit 4');
    expect(ask([about(a), about(b)], shell)).toEqual([
      [4, ''],
      [4, ''],
    ]);
  });

  it('those of two programs are not mixed up', () => {
    const [one, two] = [teller(telling), teller(telling.replace('name=', 'two='))];
    expect(ask([one.about(a), two.about(b), one.about(b), two.about(a)], shell)).toEqual([
      [0, `name=${a}\nis there`],
      [0, `two=${b}\nis there`],
      [0, `name=${b}\nis there`],
      [0, `two=${a}\nis there`],
    ]);
  });
});
