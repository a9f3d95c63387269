/**
 * Many questions as one script, and its output as their answers.
 *
 * The protocol: everything between `<nonce> BEGIN 1 CLOCK` and `<nonce> END` on stdout is one base64
 * text, so login banners and noisy start-up files before it do no harm. Inside, an answer is
 *
 *     KEY EXIT-CODE LENGTH-IN-BYTES\n
 *     ANSWER\n
 *
 * It bears no nonce: equal states of a host give equal bytes, and their SHA-256 tells a later
 * script whether the host is still as it was seen. Stderr bears a line `<nonce> KEY` ahead of what
 * each question said there. Without END the answer is truncated, and worth nothing.
 */
import { createHash } from 'node:crypto';
import { ending, printable } from '../model/secret';
import { lines, Script, sh } from '../model/shell';
import type { Answer } from './fact';
import { askedJointly, definePart } from './joint-question';

/** What a host has said, by question. */
export type Answers = ReadonlyMap<string, Answer>;

/** A host's answers, the mark of the state they tell of, and what time it was there. */
export interface Sighting {
  readonly answers: Answers;
  /** SHA-256 of the answers as they came, in hex. */
  readonly digest: string;
  /** Seconds since 1970 by the host's own clock, before the first answer. */
  readonly clock: number;
}

/** The host's output is not what a script of ours prints. The message is for the operator. */
export class GarbledReply extends Error {
  override readonly name = 'GarbledReply';
}

/** Asks the questions once each and prints their answers. */
export function askScript(questions: readonly Script[]): Script {
  return program(lines(defineFacts(questions), reportFacts));
}

/**
 * Wraps the body of a script so that a truncated one runs nothing (`main` is called on the last
 * line), whatever the host's locale, PATH and umask are.
 */
export function program(body: Script): Script {
  return sh`main() {
nonce=$1
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077
${body}
}
main "$@" </dev/null`;
}

/** Defines the shell function `facts`, which prints all answers. */
export function defineFacts(questions: readonly Script[]): Script {
  const distinct = new Map(questions.map((question) => [question.text, question]));
  const { beforehand, bodies } = askedJointly([...distinct.values()]);
  const definitions = bodies.map(
    (body, index) => sh`${new Script(keyOf(index))}() {
${body}
}`,
  );
  const calls = bodies.map((_, index) => sh`answer ${keyOf(index)}`);
  return lines(
    definePart,
    ...definitions,
    sh`answer() {
printf '%s %s\n' "$nonce" "$1" >&2
said=$("$1")
printf '%s %s %s\n%s\n' "$1" "$?" "${new Script('${#said}')}" "$said"
}
facts() {
${lines(beforehand, ...calls)}
}`,
  );
}

/** Prints what `facts` prints, framed. */
export const reportFacts: Script = sh`printf '\n%s BEGIN 1 %s\n' "$nonce" "$(date +%s)"
facts | base64
printf '%s END\n' "$nonce"`;

/**
 * Reads the answers to these questions from what the script printed.
 * @throws GarbledReply where they are not all there.
 */
export function readSighting(
  questions: readonly Script[],
  nonce: string,
  reply: { readonly stdout: Buffer; readonly stderr: Buffer },
): Sighting {
  const { clock, payload } = framed(reply.stdout.toString('latin1'), nonce);
  const complaints = complaintsByKey(reply.stderr.toString('utf8'), nonce);
  const byKey = answersByKey(payload, complaints);
  const answers = new Map<string, Answer>();
  distinctTexts(questions).forEach((text, index) => {
    const answer = byKey.get(keyOf(index));
    if (answer === undefined) {
      throw new GarbledReply(`the host left question ${index + 1} unanswered`);
    }
    answers.set(text, answer);
  });
  return { answers, digest: createHash('sha256').update(payload).digest('hex'), clock };
}

/** The answer to a question that was asked. A question that was not is a bug of ours. */
export function answerTo(question: Script, answers: Answers): Answer {
  const answer = answers.get(question.text);
  if (answer === undefined) throw new Error(`never asked: ${question.text}`);
  return answer;
}

function framed(
  output: string,
  nonce: string,
): { readonly clock: number; readonly payload: Buffer } {
  const begin = new RegExp(`${nonce} BEGIN 1 (\\d+)\n`).exec(output);
  if (begin === null) throw new GarbledReply(`the answer never began; ${lastWords(output)}`);
  const from = begin.index + begin[0].length;
  const to = output.indexOf(`\n${nonce} END\n`, from - 1);
  if (to === -1) throw new GarbledReply(`the answer ended in the middle; ${lastWords(output)}`);
  return {
    clock: Number(begin[1]),
    payload: Buffer.from(output.slice(from, to), 'base64'),
  };
}

function lastWords(output: string): string {
  const words = ending(output, 200);
  return words === '' ? 'the host said nothing' : `the host said: ${words}`;
}

function answersByKey(
  payload: Buffer,
  complaints: ReadonlyMap<string, string>,
): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>();
  for (let at = 0; at < payload.length;) {
    const endOfLine = payload.indexOf('\n', at);
    const header = payload.toString('latin1', at, endOfLine === -1 ? undefined : endOfLine);
    const match = /^(fact_\d+) (\d+) (\d+)$/.exec(header);
    if (match === null) throw new GarbledReply(`no head of an answer: ${printable(header)}`);
    const [, key = '', exitCode, length] = match;
    const from = endOfLine + 1;
    const to = from + Number(length);
    if (to >= payload.length) throw new GarbledReply(`the answer ${key} is cut short`);
    answers.set(key, {
      exitCode: Number(exitCode),
      stdout: payload.toString('utf8', from, to),
      stderr: complaints.get(key) ?? '',
    });
    at = to + 1;
  }
  return answers;
}

function complaintsByKey(stderr: string, nonce: string): ReadonlyMap<string, string> {
  const parts = stderr.split(`${nonce} `).slice(1);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1)];
    }),
  );
}

function distinctTexts(questions: readonly Script[]): readonly string[] {
  return [...new Set(questions.map((question) => question.text))];
}

function keyOf(index: number): string {
  return `fact_${String(index + 1)}`;
}
