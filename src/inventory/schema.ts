/**
 * Checks the shape of a file by its JSON schema, and says what is wrong in words for people.
 *
 * Schemas judge shapes: types, keys, numbers. What a text means (an address, a date) is judged by
 * the reader of its file, which can say more about it.
 */
import type { ErrorObject } from 'ajv';
import type { Problem } from '../model/problem';
import type { Reading } from './reading';
import { referredTo, type References, withExamples } from './references';
import { validatorOf } from './validator';
import { either, shown, suggestion } from './wording';
import { child, described, isList, plain, problemAt, type YamlNode } from './yaml-node';

/** A JSON schema, draft 7. */
export type Schema = Readonly<Record<string, unknown>>;

/** Every way in which a value is not as the schema wants it. */
export function* checkShape(node: YamlNode, schema: Schema): Reading<void> {
  const validate = validatorOf(schema);
  if (!validate(plain(node))) yield* problemsOf(validate.errors ?? [], node, described);
}

/** The same for arguments in which references stand for values. */
export function* checkArguments(
  node: YamlNode,
  schema: Schema,
  references: References,
): Reading<void> {
  const validate = validatorOf(schema);
  if (validate(withExamples(plain(node), references))) return;
  yield* problemsOf(validate.errors ?? [], node, (found) => {
    const path = referredTo(found.value);
    if (path === undefined) return described(found);
    // One that names nothing is told as such, and has no shape.
    const reference = references.get(path);
    if (reference === undefined) return undefined;
    return `${described(found)}, which is for instance ${JSON.stringify(reference.example)}`;
  });
}

/** What was found there, in words; undefined where there is nothing to say about it. */
type Describe = (node: YamlNode) => string | undefined;

function* problemsOf(
  errors: readonly ErrorObject[],
  root: YamlNode,
  describe: Describe,
): Reading<void> {
  for (const error of errors) {
    const node = descend(root, pathOf(error.instancePath));
    const found = describe(node);
    const problem = found === undefined ? undefined : problemOf(error, node, `found ${found}`);
    if (problem !== undefined) yield problem;
  }
}

/** Undefined for errors that only sum up others. */
function problemOf(error: ErrorObject, node: YamlNode, found: string): Problem | undefined {
  const name = nameOf(pathOf(error.instancePath));
  // Ajv types these as `any`; what they hold is in its manual, keyword by keyword.
  const params = error.params as Readonly<Record<string, unknown>>;
  const schema = (error.parentSchema ?? {}) as Schema;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const message = `unknown key ${shown(key)}${suggestion(key, keysOf(schema))}`;
      return problemAt(child(node, key) ?? node, message, { at: 'key' });
    }
    case 'required': {
      const key = String(params['missingProperty']);
      const meaning = descriptionOf(schema, key);
      return problemAt(node, `the key ${shown(key)} is missing${meaning}`, { at: 'key' });
    }
    case 'type':
      return problemAt(
        node,
        `${name} must be ${typeNames(params['type'])}${like(schema)}; ${found}${hint(params['type'], node)}`,
      );
    case 'enum':
      return problemAt(
        node,
        `${name} must be ${either(listOf(params['allowedValues']))}; ${found}`,
      );
    case 'const':
      return problemAt(node, `${name} must be ${JSON.stringify(params['allowedValue'])}; ${found}`);
    case 'minimum':
    case 'maximum':
      return problemAt(node, `${name} must be ${rangeOf(schema)}; ${found}`);
    case 'if':
      return undefined;
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return problemAt(node, `${name} must not be empty`);
    case 'pattern':
      // Of a key, the error "propertyNames" tells more.
      if (error.propertyName !== undefined) return undefined;
      return problemAt(node, `${name} must ${looks(schema)}; ${found}`);
    case 'propertyNames': {
      const key = String(params['propertyName']);
      const keys = (schema['propertyNames'] ?? {}) as Schema;
      const message = `the key ${shown(key)} must ${looks(keys)}`;
      return problemAt(child(node, key) ?? node, message, { at: 'key' });
    }
    default:
      return problemAt(node, `${name} ${error.message ?? 'is wrong'}; ${found}`);
  }
}

/** A JSON pointer's parts. */
function pathOf(pointer: string): readonly string[] {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function descend(root: YamlNode, path: readonly string[]): YamlNode {
  return path.reduce((node, part) => {
    const next = isList(node.value) ? node.value[Number(part)] : child(node, part);
    return next ?? node;
  }, root);
}

/** What a person would call the value: by its key, or as an item of it. */
function nameOf(path: readonly string[]): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  if (!/^\d+$/.test(last)) return shown(last);
  const list = path.findLast((part) => !/^\d+$/.test(part));
  return list === undefined ? 'an item' : `an item of ${shown(list)}`;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'nothing',
};

/** Ansible's beginners write `- web-1` where `web-1:` is meant. */
function hint(types: unknown, node: YamlNode): string {
  const isSlip = listOf(types).includes('object') && isList(node.value);
  return isSlip ? '; write "name:" in place of "- name"' : '';
}

function typeNames(types: unknown): string {
  const words = listOf(types)
    .filter((type) => type !== 'null')
    .map((type) => typeWords[type] ?? type);
  return words.join(' or ');
}

function rangeOf(schema: Schema): string {
  const [least, most] = [schema['minimum'], schema['maximum']].map((bound) =>
    typeof bound === 'number' ? String(bound) : undefined,
  );
  if (least === undefined) return `at most ${most ?? ''}`;
  return most === undefined ? `at least ${least}` : `${least} to ${most}`;
}

/** An example says more to a person than a pattern does. */
function looks(schema: Schema): string {
  const examples = textExamples(schema);
  return examples.length > 0
    ? `look like ${either(examples)}`
    : `match ${String(schema['pattern'])}`;
}

/** Where texts have a pattern: elsewhere the type says enough. */
function like(schema: Schema): string {
  const examples = schema['pattern'] === undefined ? [] : textExamples(schema);
  return examples.length > 0 ? ` such as ${either(examples)}` : '';
}

function textExamples({ examples }: Schema): readonly string[] {
  const all: readonly unknown[] = Array.isArray(examples) ? examples : [];
  return all.filter((example) => typeof example === 'string');
}

function keysOf(schema: Schema): readonly string[] {
  return Object.keys(schema['properties'] ?? {});
}

function descriptionOf(schema: Schema, key: string): string {
  // The schema is ours, or a resource's: ajv has compiled it, so its properties are schemas.
  const properties = schema['properties'] as Readonly<Record<string, Schema>> | undefined;
  const description = properties?.[key]?.['description'];
  if (typeof description !== 'string' || description === '') return '';
  return `: ${description.charAt(0).toLowerCase()}${description.slice(1).replace(/\.$/, '')}`;
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}
