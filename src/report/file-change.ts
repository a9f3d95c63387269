/** What becomes of a file, line by line. */
import { createTwoFilesPatch } from 'diff';

/** A unified diff; a file that is not there is an empty text. */
export function fileChange(name: string, before: string, after: string): string {
  const [from, to] = [before === '' ? '/dev/null' : name, after === '' ? '/dev/null' : name];
  const patch = createTwoFilesPatch(from, to, before, after, '', '', { context: 2 });
  return patch.split('\n').slice(1).join('\n');
}
