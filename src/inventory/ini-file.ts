/**
 * An INI inventory as Ansible reads it, as the same tree that a YAML inventory has.
 *
 * Its root is a list of sections in the order of the file, each of the shape of a YAML inventory
 * with one group in it: what comes later counts, and a mapping could not hold a group twice.
 */
import type { Problem } from '../model/problem';
import { finish, type Reading } from './reading';
import { literalOf, type Literal } from './python-literal';
import { shellWords } from './shell-words';
import { shown, suggestion } from './wording';
import { problemAt, type YamlNode } from './yaml-node';
import { textIn, type YamlFile } from './yaml-file';

/** Reads the bytes of a file. */
export function parseIni(name: string, bytes: Uint8Array): YamlFile {
  const text = textIn(name, bytes);
  if (typeof text !== 'string') return text;
  const { value: root, problems } = finish(sectionsOf(name, text));
  return { name, root, problems };
}

type Kind = 'hosts' | 'vars' | 'children';

/** A section in the making: `[web:vars]` and its lines, as far as no key of them is there twice. */
interface Section {
  readonly group: string;
  readonly kind: Kind;
  readonly head: YamlNode;
  readonly entries: Map<string, YamlNode>;
}

function* sectionsOf(file: string, text: string): Reading<YamlNode> {
  const place = { line: 1, column: 1 };
  const start: YamlNode = { file, keyPlace: place, place, value: null };
  let section: Section = { group: 'ungrouped', kind: 'hosts', head: start, entries: new Map() };
  const sections = [section];
  const begin = (next: Section): void => {
    section = next;
    sections.push(next);
  };
  for (const line of linesOf(file, text)) {
    if (isHead(line.text)) {
      const head = yield* readHead(line);
      if (head !== undefined) begin(head);
      continue;
    }
    const entry = yield* readLine(section.kind, line);
    if (entry === undefined) continue;
    const [key, value] = entry;
    // What is said of it again comes later than all that is between.
    if (section.entries.has(key)) begin({ ...section, entries: new Map() });
    section.entries.set(key, value);
  }
  yield* checkDeclared(sections);
  return { ...start, value: sections.map(nodeOf), tag: 'sections' };
}

/** A line that says something, without the blanks around it. */
interface Line {
  readonly text: string;
  readonly node: YamlNode;
}

/** As Python's splitlines() has it. */
const lineEnds = /\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/;

function* linesOf(file: string, text: string): Generator<Line, void, undefined> {
  for (const [index, whole] of text.split(lineEnds).entries()) {
    const line = whole.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const place = { line: index + 1, column: whole.indexOf(line) + 1 };
    yield { text: line, node: { file, keyPlace: place, place, value: null } };
  }
}

/** What stands some characters further on in a line. */
function nodeAt({ node }: Line, offset: number, value: YamlNode['value']): YamlNode {
  const place = { ...node.place, column: node.place.column + offset };
  return { ...node, keyPlace: place, place, value };
}

const headOf = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;

function isHead(line: string): boolean {
  return headOf.test(line) || /^\[.*\]$/.test(line);
}

function* readHead({ text, node }: Line): Reading<Section | undefined> {
  const [, group, kind = 'hosts'] = headOf.exec(text) ?? [];
  if (group !== undefined && (kind === 'hosts' || kind === 'vars' || kind === 'children')) {
    return { group, kind, head: node, entries: new Map() };
  }
  const right = 'a section is [GROUP], [GROUP:vars] or [GROUP:children]';
  yield problemAt(node, `${right}; found ${shown(text)}`);
  // Its lines are read on as what they look like: of the section before.
  return undefined;
}

function* readLine(kind: Kind, line: Line): Reading<readonly [string, YamlNode] | undefined> {
  switch (kind) {
    case 'hosts':
      return yield* readHostLine(line);
    case 'vars':
      return yield* readVariableLine(line);
    case 'children':
      return yield* readChildLine(line);
  }
}

/** `web-1 ansible_host=203.0.113.11 note="two words"  # a comment` */
function* readHostLine(line: Line): Reading<readonly [string, YamlNode] | undefined> {
  const words = shellWords(line.text, { comments: true });
  const [host, ...settings] = words ?? [];
  if (words === undefined || host === undefined) {
    yield problemAt(line.node, `a quote is not closed in ${shown(line.text)}`);
    return undefined;
  }
  if (host.text.endsWith(':')) {
    const message = `behind ":" stands a port, as in web-1:2222; found ${shown(host.text)}`;
    yield problemAt(line.node, message);
    return undefined;
  }
  const variables = new Map<string, YamlNode>();
  for (const { text, at } of settings) {
    // What stands in quotes keeps its blanks.
    const [, key = '', value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    const valueAt = at + key.length + 1;
    const setting = yield* readSetting(line, { key, keyAt: at, value, valueAt, text });
    if (setting !== undefined) variables.set(...setting);
  }
  return [host.text, nodeAt(line, host.at, variables)];
}

function* readVariableLine(line: Line): Reading<readonly [string, YamlNode] | undefined> {
  const { text } = line;
  const equals = text.indexOf('=');
  const value = equals === -1 ? undefined : text.slice(equals + 1).trimStart();
  const key = text.slice(0, Math.max(equals, 0)).trimEnd();
  const valueAt = text.length - (value?.length ?? 0);
  return yield* readSetting(line, { key, keyAt: 0, value, valueAt, text });
}

interface Setting {
  readonly key: string;
  readonly keyAt: number;
  /** Undefined where there is no `=`. */
  readonly value: string | undefined;
  readonly valueAt: number;
  /** As it is written. */
  readonly text: string;
}

/** `KEY=VALUE`; the value is what Python takes it for. */
function* readSetting(
  line: Line,
  { key, keyAt, value, valueAt, text }: Setting,
): Reading<[string, YamlNode] | undefined> {
  const node = nodeAt(line, keyAt, null);
  if (value === undefined || key === '') {
    yield problemAt(node, `a variable is NAME=VALUE; found ${shown(text)}`);
    return undefined;
  }
  if (key === '__proto__') {
    yield problemAt(node, 'the key "__proto__" is not allowed');
    return undefined;
  }
  return [
    key,
    literalNode({ ...node, place: nodeAt(line, valueAt, null).place }, literalOf(value)),
  ];
}

function* readChildLine(line: Line): Reading<readonly [string, YamlNode] | undefined> {
  const name = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line.text)?.[1];
  if (name !== undefined) return [name, line.node];
  yield problemAt(line.node, `here stands the name of a group; found ${shown(line.text)}`);
  return undefined;
}

/** A group must have a section of hosts or of children somewhere: else its name is a slip. */
function* checkDeclared(sections: readonly Section[]): Reading<void> {
  const declared = new Set(['all', 'ungrouped']);
  for (const { group, kind } of sections) if (kind !== 'vars') declared.add(group);
  const missing = (name: string, node: YamlNode): Problem =>
    problemAt(node, `there is no group ${shown(name)}${suggestion(name, declared)}`);
  for (const { group, kind, head, entries } of sections) {
    if (kind === 'vars' && !declared.has(group)) yield missing(group, head);
    if (kind !== 'children') continue;
    for (const [name, node] of entries) if (!declared.has(name)) yield missing(name, node);
  }
}

/** `{ web: { hosts: { … } } }`, as YAML has it. */
function nodeOf({ group, kind, head, entries }: Section): YamlNode {
  const inner: YamlNode = { ...head, value: entries };
  return {
    ...head,
    value: new Map([[group, { ...head, value: new Map([[kind, inner]]) }]]),
  };
}

/** A value all of whose parts stand in one place. */
export function literalNode(at: YamlNode, literal: Literal): YamlNode {
  if (literal instanceof Map) {
    const pairs = [...(literal as ReadonlyMap<string, Literal>)];
    return { ...at, value: new Map(pairs.map(([key, value]) => [key, literalNode(at, value)])) };
  }
  if (Array.isArray(literal)) {
    return { ...at, value: (literal as readonly Literal[]).map((item) => literalNode(at, item)) };
  }
  return { ...at, value: literal as Exclude<Literal, object> };
}
