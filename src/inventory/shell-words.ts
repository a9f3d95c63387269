/**
 * Words as Python's shlex.split() makes them, for that is what Ansible reads host lines and the
 * arguments of ssh by: quotes as in sh, and a backslash that inside `"` escapes only `"` and itself.
 */

export interface ShellWord {
  /** Without its quotes. */
  readonly text: string;
  /** Where it begins in the line, from 0. */
  readonly at: number;
}

/**
 * The words of one line; undefined where a quote or a backslash at its end leaves it open.
 * With `comments`, a `#` ends the line wherever it stands outside quotes, even inside a word.
 */
export function shellWords(
  line: string,
  { comments = false }: { readonly comments?: boolean } = {},
): readonly ShellWord[] | undefined {
  const words: ShellWord[] = [];
  let word: ShellWord | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const start = at;
    const add = (text: string): void => {
      word = { text: (word?.text ?? '') + text, at: word?.at ?? start };
    };
    const character = line.charAt(at);
    const next = line.charAt(at + 1);
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (character === '\\' && quote === '"' && (next === '"' || next === '\\')) {
        add(next);
        at += 1;
      } else add(character);
    } else if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (comments && character === '#') {
      break;
    } else if (character === '\\') {
      if (next === '') return undefined;
      add(next);
      at += 1;
    } else if (character === '"' || character === "'") {
      quote = character;
      add('');
    } else add(character);
  }
  if (quote !== '') return undefined;
  return word === undefined ? words : [...words, word];
}
