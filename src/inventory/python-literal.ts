/**
 * Values of an INI inventory as Ansible reads them: by Python's ast.literal_eval(), and as plain
 * text where that does not take them. So `80` is a number, `True` is true, `true` is a text,
 * `['a', 'b']` is a list, and so is `1,2`.
 */
import type { Scalar } from './yaml-node';

export type Literal = Scalar | readonly Literal[] | ReadonlyMap<string, Literal>;

/** The value that the text is; the text itself where it is none. */
export function literalOf(text: string): Literal {
  const reader = new LiteralReader(text);
  try {
    return reader.whole();
  } catch (error) {
    if (error instanceof NoLiteral) return text;
    throw error;
  }
}

class NoLiteral extends Error {
  override readonly name = 'NoLiteral';
}

/** Deeper ones are texts; Python has a limit too. */
const deepest = 90;

const escapes = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

const escaped = /^\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|([0-7]{1,3}))/;

class LiteralReader {
  private at = 0;

  constructor(private readonly text: string) {}

  /** Several values with commas between them are a tuple, even without parentheses. */
  whole(): Literal {
    this.at = /^[ \t]*/.exec(this.text)?.[0].length ?? 0;
    const first = this.value(0);
    if (this.peek() !== ',') return this.ended(first);
    const values = [first];
    while (this.take(',')) {
      if (this.isAtEnd()) break;
      values.push(this.value(0));
    }
    return this.ended(values);
  }

  private ended(value: Literal): Literal {
    if (!this.isAtEnd()) throw new NoLiteral();
    return value;
  }

  private value(depth: number): Literal {
    if (depth > deepest) throw new NoLiteral();
    const next = this.peek();
    if (next === '[') return this.list('[', ']', depth);
    if (next === '(') return this.tuple(depth);
    if (next === '{') return this.dict(depth);
    if (/^[uUrR]{0,1}['"]/.test(this.text.slice(this.at, this.at + 2))) return this.strings();
    return this.word();
  }

  private list(open: string, close: string, depth: number): readonly Literal[] {
    const values: Literal[] = [];
    this.must(open);
    while (!this.take(close)) {
      values.push(this.value(depth + 1));
      if (!this.take(',') && this.peek() !== close) throw new NoLiteral();
    }
    return values;
  }

  /** One value in parentheses without a comma is that value. */
  private tuple(depth: number): Literal {
    const start = this.at;
    const values = this.list('(', ')', depth);
    const [first] = values;
    const hasComma = /,\s*\)$/.test(this.text.slice(start, this.at).trimEnd());
    if (first === undefined) return values;
    return values.length === 1 && !hasComma ? first : values;
  }

  private dict(depth: number): ReadonlyMap<string, Literal> {
    const values = new Map<string, Literal>();
    this.must('{');
    while (!this.take('}')) {
      const key = keyOf(this.value(depth + 1));
      this.must(':');
      values.set(key, this.value(depth + 1));
      if (!this.take(',') && this.peek() !== '}') throw new NoLiteral();
    }
    return values;
  }

  /** Strings side by side are one. */
  private strings(): string {
    let all = '';
    while (/^[uUrR]{0,1}['"]/.test(this.text.slice(this.at, this.at + 2))) all += this.string();
    return all;
  }

  private string(): string {
    const isRaw = /[rR]/.test(this.text.charAt(this.at));
    if (/[a-z]/i.test(this.text.charAt(this.at))) this.at += 1;
    const mark = this.text.charAt(this.at);
    const quote = this.text.startsWith(mark.repeat(3), this.at) ? mark.repeat(3) : mark;
    this.at += quote.length;
    let value = '';
    while (!this.text.startsWith(quote, this.at)) {
      const character = this.text.charAt(this.at);
      if (character === '' || (character === '\n' && quote.length === 1)) throw new NoLiteral();
      value += character === '\\' ? this.escape(isRaw) : character;
      if (character !== '\\') this.at += 1;
    }
    this.at += quote.length;
    this.skip();
    return value;
  }

  private escape(isRaw: boolean): string {
    const next = this.text.charAt(this.at + 1);
    if (next === '') throw new NoLiteral();
    const rest = this.text.slice(this.at, this.at + 10);
    const match = isRaw ? null : escaped.exec(rest);
    if (match !== null) {
      const [written, two, four, eight, octal = ''] = match;
      const hex = two ?? four ?? eight;
      const code = hex === undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16);
      if (code > 0x10_ff_ff) throw new NoLiteral();
      this.at += written.length;
      return String.fromCodePoint(code);
    }
    // `\x` and its kin without their digits, and names of characters.
    if (!isRaw && /[xuUN]/.test(next)) throw new NoLiteral();
    this.at += 2;
    return (isRaw ? undefined : escapes.get(next)) ?? `\\${next}`;
  }

  private word(): Scalar {
    const word = /^[+-]?\s*[\w.]+(?:(?<=[\d.]e)[+-]\d+)?/i.exec(this.text.slice(this.at))?.[0];
    if (word === undefined) throw new NoLiteral();
    this.at += word.length;
    this.skip();
    if (word === 'None') return null;
    if (word === 'True' || word === 'False') return word === 'True';
    return numberOf(word);
  }

  private peek(): string {
    return this.text.charAt(this.at);
  }

  private take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at += 1;
    this.skip();
    return true;
  }

  private must(character: string): void {
    if (!this.take(character)) throw new NoLiteral();
  }

  private skip(): void {
    while (/[ \t\f]/.test(this.peek())) this.at += 1;
  }

  /** Python takes `#` and what follows for a comment. */
  private isAtEnd(): boolean {
    this.skip();
    return this.at === this.text.length || this.peek() === '#';
  }
}

function numberOf(word: string): number {
  const [, sign, digits = ''] = /^([+-]?)\s*(.*)$/.exec(word) ?? [];
  const isPlain =
    /^(?:[1-9](?:_?\d)*|0(?:_?0)*)$/.test(digits) ||
    /^0(?:x(?:_?[0-9a-f])+|o(?:_?[0-7])+|b(?:_?[01])+)$/i.test(digits) ||
    /^(?:\d(?:_?\d)*)?\.(?:\d(?:_?\d)*)?(?:e[+-]?\d+)?$/i.test(digits) ||
    /^\d(?:_?\d)*e[+-]?\d+$/i.test(digits);
  const value = Number(digits.replaceAll('_', ''));
  if (!isPlain || digits === '.' || !Number.isFinite(value)) throw new NoLiteral();
  return sign === '-' ? -value : value;
}

/** As a key of JSON would be written. */
function keyOf(key: Literal): string {
  if (typeof key === 'object' && key !== null) throw new NoLiteral();
  return String(key);
}
