/**
 * HTML, and the one way to make it: what is put into a template is text and is escaped, unless it
 * was made here too. Attributes stand in double quotes, always.
 */
import { escaped } from '../../model/secret';

export class Markup {
  constructor(readonly html: string) {}
}

/** What a template takes; several stand one after the other. */
export type Part = Markup | string | number | readonly Part[];

export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    strings.reduce((all, text, index) => all + htmlOf(parts[index - 1] ?? '') + text),
  );
}

/** Nothing at all. */
export const nothing = new Markup('');

function htmlOf(part: Part): string {
  if (part instanceof Markup) return part.html;
  if (typeof part === 'string') return escapedHtml(part);
  return typeof part === 'number' ? String(part) : part.map(htmlOf).join('');
}

/** Control characters are shown, those too that turn the direction of a text (Unicode TR 9). */
function escapedHtml(text: string): string {
  return escaped(text)
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    })
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
