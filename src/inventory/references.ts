/**
 * References in a role: a text `$some.path` stands for a value of the host or the mesh, which may
 * be of any type. While a role is read no host is known, so an example stands for the value, and
 * the schema of the arguments judges that.
 *
 * A text that begins with `$` and means itself is written with two of them: `$$HOME`.
 */
import { nearTo, shown, suggestion } from './wording';
import type { Reading } from './reading';
import { entries, isList, problemAt, type YamlNode } from './yaml-node';

/** What a role may refer to, by its path without the `$`. */
export type References = ReadonlyMap<string, Reference>;

export interface Reference {
  /** A value as hosts have it. */
  readonly example: unknown;
}

/** The path that a text refers to, whether there is such a thing or not; undefined for other texts. */
export function referredTo(value: unknown): string | undefined {
  return typeof value === 'string' ? /^\$((?!\$).*)$/s.exec(value)?.[1] : undefined;
}

/** A text as a role writes it that means just this text. */
export function asText(text: string): string {
  return text.startsWith('$') ? `$${text}` : text;
}

/** The data with an example in the place of each reference. */
export function withExamples(data: unknown, references: References): unknown {
  const path = referredTo(data);
  if (path !== undefined) return references.get(path)?.example ?? data;
  if (typeof data === 'string') return data.replace(/^\$\$/, '$');
  if (Array.isArray(data)) return data.map((each) => withExamples(each, references));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, each]) => [key, withExamples(each, references)]),
  );
}

/** Checks that each reference names something, and that none stands where it means nothing. */
export function* checkReferences(node: YamlNode, references: References): Reading<void> {
  const { value } = node;
  if (typeof value === 'string') yield* checkText(node, value, references);
  const parts = isList(value) ? value : entries(node).map(([, part]) => part);
  for (const part of parts) yield* checkReferences(part, references);
}

function* checkText(node: YamlNode, text: string, references: References): Reading<void> {
  const path = referredTo(text);
  if (path === undefined) {
    const inside = (text.match(/\$[a-z_.]+/g) ?? []).find((each) => references.has(each.slice(1)));
    if (inside === undefined || text.startsWith('$$')) return;
    const parts = 'a line of a "content" can be a list of parts, and a reference one of them';
    yield problemAt(node, `${shown(inside)} inside a text is not replaced; ${parts}`);
  } else if (!references.has(path)) {
    const known = [...references.keys()].map((name) => `$${name}`);
    const isNear = nearTo(text, known) !== undefined;
    const asItself = isNear ? '' : `; a text that begins with "$" is written ${shown(`$${text}`)}`;
    const message = `there is no reference ${shown(text)}${suggestion(text, known)}${asItself}`;
    yield problemAt(node, message);
  }
}
