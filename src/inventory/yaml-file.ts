/**
 * A YAML file as a tree of values that know their places (see yaml-node.ts), or the mistakes in it.
 *
 * Nothing in a file makes this throw or hang: its size is limited because the parser takes some
 * microseconds for every character, its depth and its aliases are limited in yaml-tree.ts.
 */
import { readFile, stat } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import type { Problem } from '../model/problem';
import { finish } from './reading';
import { systemErrorCode } from './system-error';
import type { YamlNode } from './yaml-node';
import { syntaxProblems } from './yaml-syntax';
import { type PlainScalar, treeOf } from './yaml-tree';

const largestFile = 2 * 1024 * 1024;

export interface YamlFile {
  /** As a user would name it. */
  readonly name: string;
  /** Undefined where the text is not YAML: then nothing is known of what it says. */
  readonly root: YamlNode | undefined;
  readonly problems: readonly Problem[];
}

/** Reads a file; undefined where there is none. `name` is what messages call it. */
export async function readYaml(path: string, name: string): Promise<YamlFile | undefined> {
  return readText(path, name, (called, bytes) => parseYaml(called, bytes));
}

/** Reads a file of another kind by its parser, within the same bounds. */
export async function readText(
  path: string,
  name: string,
  parse: (name: string, bytes: Uint8Array) => YamlFile,
): Promise<YamlFile | undefined> {
  try {
    const found = await stat(path);
    // A pipe would be waited for; a device may have no end.
    if (!found.isFile()) return unreadable(name, 'this is not a regular file');
    if (found.size > largestFile) return unreadable(name, tooLarge(found.size));
    return parse(name, await readFile(path));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return unreadable(name, `this file cannot be read (${code})`);
  }
}

/** Reads the bytes of a file. */
export function parseYaml(
  name: string,
  bytes: Uint8Array,
  { plainScalar }: { readonly plainScalar?: PlainScalar } = {},
): YamlFile {
  const text = textIn(name, bytes);
  if (typeof text !== 'string') return text;
  const lineCounter = new LineCounter();
  // Duplicate keys are found in yaml-tree.ts: the parser's own search takes the square of their
  // number. The schema is fixed, so that a `%YAML 1.1` line can't make dates of texts.
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    schema: 'core',
  });
  const placeAt = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const syntax = syntaxProblems(name, text, document.errors, placeAt);
  if (syntax.length > 0) return { name, root: undefined, problems: syntax };
  const { value: root, problems } = finish(treeOf(name, document.contents, placeAt, plainScalar));
  return { name, root, problems };
}

/** The text of a file; the file with its mistake where it is too large, or none. */
export function textIn(name: string, bytes: Uint8Array): string | YamlFile {
  if (bytes.length > largestFile) return unreadable(name, tooLarge(bytes.length));
  return decoded(bytes) ?? unreadable(name, 'this file is not UTF-8 text');
}

/** A file of which nothing is known but why. */
export function unreadable(name: string, message: string): YamlFile {
  return { name, root: undefined, problems: [{ file: name, line: 1, column: 1, message }] };
}

function tooLarge(bytes: number): string {
  const mebibytes = (bytes / 1024 / 1024).toFixed(1);
  return `this file is too large: it has ${mebibytes} MiB, and 2 MiB are the most that is read`;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
