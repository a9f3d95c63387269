/** Marks: words of ours in what a host prints, by which it says how far it has come. */
import type { Readable } from 'node:stream';
import type { Answer } from './answer';

/** Calls for each time that the mark is there, in however many pieces it comes. */
export function onMark(stream: Readable, mark: string, onFound: () => void): void {
  let rest = '';
  stream.on('data', (piece: Buffer) => {
    const parts = (rest + piece.toString('latin1')).split(mark);
    rest = (parts.pop() ?? '').slice(1 - mark.length);
    parts.forEach(onFound);
  });
}

/** The answer of who has printed the mark and a line feed; undefined where nobody has. */
export function answerAfter(mark: string, answer: Answer): Answer | undefined {
  const line = `${mark}\n`;
  const start = answer.stdout.indexOf(line);
  if (start === -1) return undefined;
  return { ...answer, stdout: answer.stdout.subarray(start + line.length) };
}
