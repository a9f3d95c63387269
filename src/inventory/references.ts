/**
 * References in a role: a text `$some.path` stands for a value of the host or the mesh, which may
 * be of any type. So a schema of arguments takes such a text in the place of every value.
 *
 * There is no way to write a text that begins with `$` and means itself; none has been needed.
 */
import type { Reading } from './reading';
import type { Schema } from './schema';
import { shown, suggestion } from './wording';
import { entries, isList, problemAt, type YamlNode } from './yaml-node';

const reference = /^\$/;

/** The schema, with a reference allowed for every value within; not for the whole. */
export function withReferences(schema: Schema): Schema {
  const known = widened.get(schema);
  if (known !== undefined) return known;
  const made = inner(schema);
  widened.set(schema, made);
  return made;
}

/** Checks that each reference names something. */
export function* checkReferences(node: YamlNode, references: ReadonlySet<string>): Reading<void> {
  const { value } = node;
  if (typeof value === 'string' && reference.test(value) && !references.has(value.slice(1))) {
    const known = [...references].map((name) => `$${name}`);
    yield problemAt(node, `there is no reference ${shown(value)}${suggestion(value, known)}`);
  }
  const parts = isList(value) ? value : entries(node).map(([, part]) => part);
  for (const part of parts) yield* checkReferences(part, references);
}

/** One schema is widened once, so that it is compiled once. */
const widened = new WeakMap<Schema, Schema>();

function orReference(schema: Schema): Schema {
  return { if: { type: 'string', pattern: reference.source }, else: inner(schema) };
}

function inner(schema: Schema): Schema {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === 'properties') return [keyword, mapped(value)];
      const holdsSchema = keyword === 'items' || keyword === 'additionalProperties';
      return [keyword, holdsSchema && isSchema(value) ? orReference(value) : value];
    }),
  );
}

function mapped(properties: unknown): unknown {
  if (!isSchema(properties)) return properties;
  const wide = Object.entries(properties).map(([name, value]) => [
    name,
    isSchema(value) ? orReference(value) : value,
  ]);
  return Object.fromEntries(wide);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
