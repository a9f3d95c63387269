/**
 * POSIX shell text, and the only maker of it.
 *
 * Every value that is put into a script passes through `sh`, which quotes it; so nothing that a
 * user wrote in an inventory, and nothing that a host answered, is ever read as shell syntax.
 */

/**
 * Text for `/bin/sh` on a host: POSIX, locale C, without secrets. It is a class and not a branded
 * string so that `sh` can tell it from a value that must be quoted, at run time too.
 */
export class Script {
  constructor(readonly text: string) {}

  /** In plans, reports and golden cases a script stands as its text. */
  toJSON(): string {
    return this.text;
  }
}

/**
 * A command from a template: strings are quoted, a list becomes several quoted words, numbers
 * stand as they are, and another script is spliced verbatim.
 */
export function sh(
  template: TemplateStringsArray,
  ...values: readonly (string | number | Script | readonly string[])[]
): Script {
  const parts = template.raw.map((part, index) => {
    const value = values[index];
    return value === undefined ? part : part + spliced(value);
  });
  return new Script(parts.join(''));
}

/** Several scripts as one, each on lines of its own. */
export function lines(...scripts: readonly Script[]): Script {
  return new Script(scripts.map((script) => script.text).join('\n'));
}

/**
 * Begins a loop, `for line in`, over the lines of what follows it, without its empty ones: a builtin
 * of the shell, where sed(1) would be two processes more. For the rest of its shell words are parted
 * at line feeds only, and stand for no files.
 */
export const eachLine = new Script(`set -f; IFS='
'; for line in`);

/** One word as the shell reads it: bare where that is safe, else in single quotes. */
export function quoted(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function spliced(value: string | number | Script | readonly string[]): string {
  if (value instanceof Script) return value.text;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quoted(value);
  return value.map(quoted).join(' ');
}
