/** What a change does to a text, line by line. */
import { createTwoFilesPatch } from 'diff';
import type { Change } from '../model/change';
import { escaped } from '../model/secret';

export interface DifferenceLine {
  /** `gap`: lines that stay as they are were left out here. */
  readonly kind: 'added' | 'removed' | 'kept' | 'gap';
  /** Empty for a gap. Control characters are escaped. */
  readonly text: string;
}

/** With two lines around each difference; none where the summary of the change says as much. */
export function differenceOf({ before, after }: Change): readonly DifferenceLine[] {
  if (isPlain(before, after)) return [];
  const patch = createTwoFilesPatch('', '', lines(before), lines(after), '', '', { context: 2 });
  return patch
    .split('\n')
    .slice(4)
    .filter((line) => line !== '' && !line.startsWith('\\'))
    .map(lineOf)
    .filter(({ kind }, index) => index > 0 || kind !== 'gap');
}

/** One line before and one after say no more than the summary does. */
function isPlain(before: string, after: string): boolean {
  return before !== '' && after !== '' && !`${before}${after}`.includes('\n');
}

function lines(text: string): string {
  return text === '' ? '' : `${escaped(text).replace(/\n$/, '')}\n`;
}

function lineOf(line: string): DifferenceLine {
  if (line.startsWith('@@')) return { kind: 'gap', text: '' };
  const text = line.slice(1);
  if (line.startsWith('+')) return { kind: 'added', text };
  return { kind: line.startsWith('-') ? 'removed' : 'kept', text };
}
