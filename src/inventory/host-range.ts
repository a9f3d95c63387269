/**
 * A name of hosts as Ansible reads it: `web-1`, `web-1:2222`, `web-[01:20]`, `db-[a:f].example.net`.
 *
 * A range stands for hosts, and a few characters can stand for a billion: they are counted before
 * they are made.
 */
import type { Reading } from './reading';
import { shown } from './wording';
import { problemAt, type YamlNode } from './yaml-node';

export interface NamedHosts {
  readonly names: readonly string[];
  /** The SSH port, where one stands behind the name. */
  readonly port: number | undefined;
}

/** More than any fleet has. */
export const mostHosts = 50_000;

const longest = 500;

/** What `[…]` holds: `01:20`, `a:f`, `1:10:2`. */
interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly nameOf: (index: number) => string;
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Reads the name that is the key of a value; no names where it is a mistake. */
export function* readHostNames(pattern: string, node: YamlNode): Reading<NamedHosts> {
  // What is no name anyway: looking for ranges in it could take for ever.
  if (pattern.length > longest) return { names: [pattern], port: undefined };
  const { name, port } = withoutPort(pattern);
  const parts = name.split(/\[([^\]]*)\]/);
  const ranges: Range[] = [];
  for (const [index, text] of parts.entries()) {
    if (index % 2 === 0) continue;
    const range = rangeOf(text);
    if (typeof range === 'string') {
      yield problemAt(node, `the range ${shown(`[${text}]`)} ${range}`, { at: 'key' });
      return { names: [], port };
    }
    ranges.push(range);
  }
  const size = ranges.reduce((product, range) => product * sizeOf(range), 1);
  if (size > mostHosts) {
    const message = `${shown(pattern)} stands for more than ${String(mostHosts)} hosts`;
    yield problemAt(node, message, { at: 'key' });
    return { names: [], port };
  }
  return { names: expand(parts, ranges), port };
}

/** A port is read only behind what can be a name, as Ansible does (its `parse_address`). */
function withoutPort(pattern: string): {
  readonly name: string;
  readonly port: number | undefined;
} {
  const [, name = '', port = ''] = /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/.exec(pattern) ?? [];
  if (!isName.test(name)) return { name: pattern, port: undefined };
  return { name, port: Number(port) };
}

const range = String.raw`\[(?:[a-z]:[a-z]|\d+:\d+)(?::\d+)?\]`;
const label = String.raw`(?:\w|${range})(?:[\w-]|${range})*(?<![_-])`;
const isName = new RegExp(String.raw`^${label}(?:\.${label})*$`, 'i');

/** The range, or what is wrong with it. */
function rangeOf(text: string): Range | string {
  const [from = '', to, by = '1', ...more] = text.split(':');
  if (to === undefined || to === '' || more.length > 0) {
    return 'is not BEGIN:END or BEGIN:END:STEP, such as [01:20]';
  }
  const step = /^\d{1,9}$/.test(by) ? Number(by) : 0;
  if (step === 0) return `has ${shown(by)} for its step, and it must be a number from 1`;
  if (/^[a-z]$/i.test(from) && /^[a-z]$/i.test(to)) {
    const [first, last] = [letters.indexOf(from), letters.indexOf(to)];
    if (first > last) return 'ends before it begins';
    return { first, last, step, nameOf: (index) => letters.charAt(index) };
  }
  const begin = from === '' ? '0' : from;
  if (!/^\d{1,15}$/.test(begin) || !/^\d{1,15}$/.test(to)) {
    return 'must have two numbers or two letters';
  }
  const isPadded = begin.length > 1 && begin.startsWith('0');
  if (isPadded && begin.length !== to.length) {
    return 'must have as many digits at its end as at its beginning';
  }
  const [first, last] = [Number(begin), Number(to)];
  if (first > last) return 'ends before it begins';
  const width = isPadded ? begin.length : 0;
  return { first, last, step, nameOf: (index) => String(index).padStart(width, '0') };
}

function sizeOf({ first, last, step }: Range): number {
  return Math.floor((last - first) / step) + 1;
}

/** The texts between the ranges stand at the even places of `parts`. */
function expand(parts: readonly string[], ranges: readonly Range[]): readonly string[] {
  return ranges.reduce<readonly string[]>(
    (heads, { first, last, step, nameOf }, place) => {
      const tail = parts[2 * place + 2] ?? '';
      return heads.flatMap((head) => {
        const names: string[] = [];
        for (let index = first; index <= last; index += step) {
          names.push(`${head}${nameOf(index)}${tail}`);
        }
        return names;
      });
    },
    [parts[0] ?? ''],
  );
}
