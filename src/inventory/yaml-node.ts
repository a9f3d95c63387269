/**
 * A value that somebody wrote, and that knows where it stands: in a YAML file, or in another that is
 * read into the same tree (INI, the JSON that a program prints).
 */
import type { Problem } from '../model/problem';
import { shown } from './wording';

export interface YamlNode {
  /** The file as a user would name it. */
  readonly file: string;
  /** Where its key stands; in a list, where the value does. */
  readonly keyPlace: Place;
  readonly place: Place;
  readonly value: Scalar | readonly YamlNode[] | YamlMap;
  /**
   * Text that Ansible treats in its own way: encrypted, or never read as a template. Or a list of
   * mappings that count one after the other, where a file may say a key again.
   */
  readonly tag?: 'vault' | 'unsafe' | 'sections';
  /** Where there are no lines to point at: the keys that lead to it, `_meta.hostvars.web-1`. */
  readonly keyPath?: string;
}

/** Keys are text, whatever YAML would make of them: a host may be called `007`. */
export type YamlMap = ReadonlyMap<string, YamlNode>;

export type Scalar = string | number | boolean | null;

/** From 1, both. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The value at a path of keys; undefined where something else is on the way. */
export function child(
  node: YamlNode | undefined,
  ...path: readonly string[]
): YamlNode | undefined {
  return path.reduce<YamlNode | undefined>(
    (found, key) => (isMapping(found?.value) ? found.value.get(key) : undefined),
    node,
  );
}

/** The pairs of a mapping; none where it is something else. */
export function entries(node: YamlNode | undefined): readonly (readonly [string, YamlNode])[] {
  return isMapping(node?.value) ? [...node.value] : [];
}

/** One value or a list of them, as a list; nothing and a mapping are none. */
export function items(node: YamlNode | undefined): readonly YamlNode[] {
  if (node === undefined || node.value === null || isMapping(node.value)) return [];
  return isList(node.value) ? node.value : [node];
}

export function textOf(node: YamlNode | undefined): string | undefined {
  return typeof node?.value === 'string' ? node.value : undefined;
}

export function isList(value: YamlNode['value'] | undefined): value is readonly YamlNode[] {
  return Array.isArray(value);
}

export function isMapping(value: YamlNode['value'] | undefined): value is YamlMap {
  return value instanceof Map;
}

/** The same data without places, as JSON would have it. */
export function plain(node: YamlNode): unknown {
  if (isList(node.value)) return node.value.map(plain);
  if (!isMapping(node.value)) return node.value;
  return Object.fromEntries([...node.value].map(([key, value]) => [key, plain(value)]));
}

/** A mistake at this value, or at its key. */
export function problemAt(
  node: YamlNode,
  message: string,
  { at = 'value' }: { readonly at?: 'key' | 'value' } = {},
): Problem {
  const place = at === 'key' ? node.keyPlace : node.place;
  const where = node.keyPath === undefined ? '' : `${node.keyPath}: `;
  return { file: node.file, ...place, message: `${where}${message}` };
}

/** What stands there, for a message: `the number 5`, `a list`, `"eth0"`. */
export function described({ value }: YamlNode): string {
  if (isList(value)) return 'a list';
  if (isMapping(value)) return 'a mapping';
  if (value === null) return 'nothing';
  if (typeof value === 'string') return shown(value);
  return typeof value === 'number' ? `the number ${String(value)}` : String(value);
}
