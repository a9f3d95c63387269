/**
 * A wg-quick(8) configuration as a tree of values that know their places:
 * `{ interface: { KEY: [VALUE, …] }, peers: [{ KEY: [VALUE, …] }, …] }`, keys in lower case.
 *
 * A secret is never kept: of a private or preshared key the tree has only that there is one. The
 * name that a comment gives to a peer (`[Peer] # web-1`, `# Name: web-1`) is its key `#name`.
 */
import type { Problem } from '../model/problem';
import { shown } from './wording';
import { textIn, type YamlFile } from './yaml-file';
import { isList, isMapping, type YamlNode } from './yaml-node';

const secrets = ['privatekey', 'presharedkey'];

type Section = Map<string, YamlNode>;

/** Reads the bytes of a file. */
export function parseWgQuick(name: string, bytes: Uint8Array): YamlFile {
  const text = textIn(name, bytes);
  if (typeof text !== 'string') return text;
  const node = (line: number, column: number, value: YamlNode['value']): YamlNode => {
    const place = { line, column };
    return { file: name, keyPlace: place, place, value };
  };
  const ours: Section = new Map();
  const peers: YamlNode[] = [];
  const problems: Problem[] = [];
  let section: Section | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const number = index + 1;
    const [, content = '', comment] = /^([^#]*)(?:#\s*(.*?)\s*)?$/.exec(line) ?? [];
    const column = content.search(/\S/) + 1;
    const header = /^\[(interface|peer)\]$/i.exec(content.trim())?.[1]?.toLowerCase();
    const [, key = '', value = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(content) ?? [];
    if (header !== undefined) {
      section = header === 'interface' ? ours : new Map();
      if (header === 'peer') peers.push(node(number, column, section));
      if (comment !== undefined) nameBy(comment, section, node(number, 1, comment));
    } else if (column === 0) {
      const named = /^name\s*[:=]\s*(\S+)$/i.exec(comment ?? '')?.[1];
      if (named !== undefined && section !== undefined) nameBy(named, section, node(number, 1, ''));
    } else if (key === '' || section === undefined) {
      const right = key === '' ? 'a section or KEY = VALUE' : '[Interface] or [Peer] before it';
      const message = `${shown(content.trim())} is no line of a wg-quick configuration: ${right}`;
      problems.push({ file: name, line: number, column, message });
    } else {
      add(section, key, value, node(number, column, key), line.indexOf(value, column + key.length));
    }
  }
  const root = new Map([
    ['interface', node(1, 1, ours)],
    ['peers', node(1, 1, peers)],
  ]);
  return { name, root: node(1, 1, root), problems };
}

/** A name is one word; other comments are for people. */
function nameBy(comment: string, section: Section, node: YamlNode): void {
  if (/^\S+$/.test(comment)) section.set('#name', { ...node, value: comment });
}

/** Several values in a line, and in several lines, add up. */
function add(section: Section, key: string, value: string, at: YamlNode, column: number): void {
  const lower = key.toLowerCase();
  const texts = secrets.includes(lower) ? [''] : value.split(',').map((part) => part.trim());
  const place = { line: at.place.line, column: column + 1 };
  const values = texts.map((text): YamlNode => ({ ...at, place, value: text }));
  const known = section.get(lower);
  const earlier = isList(known?.value) ? known.value : [];
  section.set(lower, { ...(known ?? at), value: [...earlier, ...values] });
}

/** The sections of the peers. */
export function peersIn(root: YamlNode): readonly YamlNode[] {
  const peers = isMapping(root.value) ? root.value.get('peers')?.value : undefined;
  return isList(peers) ? peers : [];
}
