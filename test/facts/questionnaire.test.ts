/** The questionnaire end to end: the script that asks, real shells, and the reading of the reply. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  answerTo,
  askScript,
  GarbledReply,
  readSighting,
  type Sighting,
} from '../../src/facts/questionnaire';
import { Script, sh } from '../../src/model/shell';
import { freshDirectory, posixShell, runWith, shells, type Shell } from './shell';

const nonce = 'f00dfacef00dface';
const noStderr = Buffer.alloc(0);

function ask(questions: readonly Script[], shell: Shell = posixShell): Sighting {
  return readSighting(questions, nonce, runWith(shell, askScript(questions).text, nonce));
}

/** What a question's answer is, among others that must not be disturbed by it. */
function answer(question: string, shell: Shell) {
  const before = sh`echo before`;
  const after = sh`echo after; exit 3`;
  const asked = new Script(question);
  const { answers } = ask([before, asked, after], shell);
  expect(answerTo(before, answers)).toEqual({ exitCode: 0, stdout: 'before', stderr: '' });
  expect(answerTo(after, answers)).toEqual({ exitCode: 3, stdout: 'after', stderr: '' });
  return answerTo(asked, answers);
}

describe.each(shells())('%s', (_, shell) => {
  it.each([
    ['nothing', ':', '', 0],
    ['no line feed at the end', 'printf hello', 'hello', 0],
    ['line feeds at the end', String.raw`printf 'a\n\n\n'`, 'a', 0],
    ['line feeds at the beginning', String.raw`printf '\n\n a\n'`, '\n\n a', 0],
    ['an exit code', 'echo said; exit 77', 'said', 77],
    ['a command that does not exist', 'no-such-command 2>/dev/null', '', 127],
    ['a last command that failed', 'echo a; false', 'a', 1],
    ['characters of several bytes', "printf '%s' 'grüße 日本 😀'", 'grüße 日本 😀', 0],
    ['half a character', String.raw`printf 'a\303'`, 'a\ufffd', 0],
    ['what looks like a frame', String.raw`printf 'fact_2 0 5\nwrong\n'`, 'fact_2 0 5\nwrong', 0],
    ['what looks like the end', 'echo "$nonce END"', `${nonce} END`, 0],
    [
      'backslashes and percent signs',
      String.raw`echo 'a%sb'; printf '%s' '\n\t'`,
      'a%sb\n\\n\\t',
      0,
    ],
    ['a dash', 'printf %s -n', '-n', 0],
    ['variables of ours', 'nonce=x said=y; echo done; exit 4', 'done', 4],
    ['functions of ours', 'answer() { :; }; facts() { :; }; echo done', 'done', 0],
    ['options and directories', 'set -efu; cd /; umask 000; echo done', 'done', 0],
    ['a locale', 'echo "$LC_ALL"; umask', 'C\n0077', 0],
  ])(
    'a question can answer with %s, and disturbs no other',
    (_title, question, stdout, exitCode) => {
      expect(answer(question, shell)).toEqual({ exitCode, stdout, stderr: '' });
    },
  );

  it('an answer of a megabyte arrives whole', () => {
    const { stdout } = answer("head -c 1048576 /dev/zero | tr '\\0' x; echo end", shell);
    expect(stdout.length).toBe(1_048_579);
    expect(stdout.endsWith('xend')).toBe(true);
  });

  it('an answer of every byte there is disturbs no other', () => {
    const bytes = Array.from(
      { length: 256 },
      (_byte, code) => `\\${code.toString(8).padStart(3, '0')}`,
    );
    const { stdout } = answer(`printf '${bytes.join('')}'`, shell);
    expect(stdout).toContain('ABC');
  });

  it('a question that reads its input gets nothing of what comes behind the script', () => {
    const question = sh`cat`;
    const script = `${askScript([question]).text}\n${'# behind the script\n'.repeat(2000)}`;
    const { answers } = readSighting([question], nonce, runWith(shell, script, nonce));
    expect(answerTo(question, answers).stdout).toBe('');
  });

  it('what a question complains of is told of that question', () => {
    const questions = [
      sh`echo one >&2`,
      sh`:`,
      sh`printf 'two\nlines, and no line feed at the end' >&2; exit 1`,
      sh`echo three`,
    ];
    const { answers } = ask(questions, shell);
    const complaints = questions.map((question) => answerTo(question, answers).stderr.trim());
    expect(complaints).toEqual(['one', '', 'two\nlines, and no line feed at the end', '']);
  });

  it('whatever text is answered, that text is read', () => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 40 })
      .map((each) => each.replaceAll('\0', '').replace(/\n+$/, ''));
    const property = fc.property(fc.uniqueArray(text, { maxLength: 6 }), (texts) => {
      const questions = texts.map((each) => sh`printf %s ${each}`);
      const { answers } = ask(questions, shell);
      expect(questions.map((question) => answerTo(question, answers).stdout)).toEqual(texts);
    });
    fc.assert(property, { numRuns: 40 });
  });
});

describe('a reply', () => {
  const questions = [sh`echo ${'ünï'}; echo oops >&2`, sh`exit 3`, sh`printf 'a\nb'`];
  const script = askScript(questions).text;
  const { stdout, stderr } = runWith(posixShell, script, nonce);
  const whole = readSighting(questions, nonce, { stdout, stderr });

  it.each([
    ['a banner', 'Welcome to Debian!\n\n'],
    ['no line feed', 'Last login: today'],
    ['a frame of nobody', 'fact_1 0 3\nbad\n BEGIN 1 1\n'],
    ['base64', 'ZmFjdF8xIDAgMwpiYWQK\n'],
    ['bytes of no text', '\u00ff\u00fe\u0000'],
    ['the frame of another job', '0123456789abcdef BEGIN 1 1\n0123456789abcdef END\n'],
  ])('is read behind the noise of a start-up file: %s', (_, noise) => {
    const noisy = Buffer.concat([Buffer.from(noise, 'latin1'), stdout]);
    expect(readSighting(questions, nonce, { stdout: noisy, stderr })).toEqual(whole);
  });

  it('is read before the noise of a logout file', () => {
    const noisy = Buffer.concat([stdout, Buffer.from('bye\n')]);
    expect(readSighting(questions, nonce, { stdout: noisy, stderr })).toEqual(whole);
  });

  it('is read behind the noise of a start-up file on stderr', () => {
    const noisy = Buffer.concat([Buffer.from('stdin: is not a tty\n'), stderr]);
    expect(readSighting(questions, nonce, { stdout, stderr: noisy })).toEqual(whole);
  });

  it('that is cut short at any byte is garbled, and never read', () => {
    for (let length = 0; length < stdout.length; length += 1) {
      const cut = { stdout: stdout.subarray(0, length), stderr };
      expect(() => readSighting(questions, nonce, cut)).toThrow(GarbledReply);
    }
  });

  it('that is cut short behind noise is garbled, and never read', () => {
    const noisy = fc.tuple(fc.string(), fc.nat({ max: stdout.length - 1 }));
    const property = fc.property(noisy, ([noise, length]) => {
      const cut = Buffer.concat([Buffer.from(noise), stdout.subarray(0, length)]);
      expect(() => readSighting(questions, nonce, { stdout: cut, stderr })).toThrow(GarbledReply);
    });
    fc.assert(property);
  });

  it('whose payload was cut short by the host itself is garbled', () => {
    const payload = Buffer.from('fact_1 0 3\nabc\nfact_2 0 100\nabc\n').toString('base64');
    const cut = {
      stdout: Buffer.from(`${nonce} BEGIN 1 1\n${payload}\n${nonce} END\n`),
      stderr: noStderr,
    };
    expect(() => readSighting(questions, nonce, cut)).toThrow('the answer fact_2 is cut short');
  });

  it('that answers other questions is garbled', () => {
    const more = [...questions, sh`echo four`];
    expect(() => readSighting(more, nonce, { stdout, stderr })).toThrow(
      'the host left question 4 unanswered',
    );
  });

  it('to another nonce is garbled, and the message shows what the host said, made safe', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const said = Buffer.from(`\u001b[31m${key}\u001b[0m: permission denied\n`);
    const read = () => readSighting(questions, nonce, { stdout: said, stderr });
    expect(read).toThrow(/^the answer never began; the host said: \\x1b\[/);
    expect(read).toThrow(/\(hidden\)\\x1b\[0m: permission denied$/);
  });
});

test('a key that the last words of a host begin within is hidden', () => {
  const key = Buffer.alloc(32, 5).toString('base64');
  for (let after = 140; after <= 200; after += 1) {
    const stdout = Buffer.from(`${'.'.repeat(300)} ${key} ${'.'.repeat(after)}\n`);
    const read = () => readSighting([], nonce, { stdout, stderr: noStderr });
    expect(read).toThrow(/the host said: /);
    expect(read).not.toThrow(/BQUF|QUFB|UFBQ|FBQU/);
  }
});

describe('a digest', () => {
  const state = freshDirectory();
  const question = (file: string) => sh`cat ${join(state, file)} 2>/dev/null; echo $(date +%N) >&2`;
  const digestOf = (questions: readonly Script[], salt: string) =>
    readSighting(questions, salt, runWith(posixShell, askScript(questions).text, salt)).digest;

  it('is the same for the same state, whatever the nonce, and differs for another', () => {
    runWith(posixShell, sh`cd ${state}; echo 1 >one; echo 2 >two`.text, '');
    const before = digestOf([question('one'), question('two')], 'aaaa');
    expect(digestOf([question('one'), question('two')], 'bbbbbbbb')).toBe(before);
    runWith(posixShell, sh`cd ${state}; echo 3 >two`.text, '');
    expect(digestOf([question('one'), question('two')], 'aaaa')).not.toBe(before);
  });

  it('tells two answers from one that holds the text of both', () => {
    const digests = [
      [sh`echo a`, sh`echo b`],
      [sh`echo a; echo fact_2 0 1; echo b`, sh`:`],
      [sh`echo ab`, sh`:`],
      [sh`:`, sh`echo ab`],
    ].map((questions) => digestOf(questions, nonce));
    expect(new Set(digests).size).toBe(4);
  });
});

test('a reply tells what time it is on its host', () => {
  const before = Math.floor(Date.now() / 1000);
  const { clock } = ask([]);
  expect(clock).toBeGreaterThanOrEqual(before);
  expect(clock).toBeLessThanOrEqual(Date.now() / 1000);
});

describe('the script', () => {
  it('asks a question once that is asked twice', () => {
    const log = join(freshDirectory(), 'log');
    const question = sh`echo asked >>${log}; wc -l <${log}`;
    const { answers } = ask([question, new Script(question.text)]);
    expect(answerTo(question, answers).stdout.trim()).toBe('1');
  });

  it('can ask nothing', () => {
    expect(ask([]).answers.size).toBe(0);
  });

  it('runs nothing when it is cut at the end of any line', () => {
    const witness = join(freshDirectory(), 'ran');
    const rows = `${askScript([sh`echo ran >${witness}`]).text}\n`.split('\n').slice(0, -1);
    for (let length = 0; length < rows.length; length += 1) {
      runWith(posixShell, rows.slice(0, length).join('\n'), nonce);
    }
    expect(existsSync(witness)).toBe(false);
    runWith(posixShell, rows.join('\n'), nonce);
    expect(existsSync(witness)).toBe(true);
  });

  it('knows no answer to a question that was never asked', () => {
    expect(() => answerTo(sh`echo b`, ask([sh`echo a`]).answers)).toThrow('never asked: echo b');
  });
});
