/**
 * Golden cases of the resources: what a real host answered, and the changes that follow.
 *
 * One JSON file a case, below test/golden/resources/KIND. The answers stand in the order of the
 * resource's facts; a text of several lines stands as a list of its lines, so that a case and its
 * history can be read. All answers that are not said to be made up were recorded on lab hosts.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../../src/facts/fact';

/** A text, or its lines. */
export type Text = string | readonly string[];

export interface GoldenCase {
  readonly description: string;
  readonly args: unknown;
  readonly answers: readonly {
    readonly exitCode: number;
    readonly stdout: Text;
    readonly stderr: Text;
  }[];
  /** Hosts that the controller could not reach; none where it is left out. */
  readonly unreached?: readonly string[];
  /** What the resource makes of them: one of these. */
  readonly changes?: unknown;
  readonly checks?: unknown;
  readonly refusal?: Text;
  readonly unexpected?: Text;
}

const root = join(__dirname, '../golden/resources');

/** Every case as `KIND/NAME`, sorted. */
export function goldenNames(): readonly string[] {
  return readdirSync(root)
    .sort()
    .flatMap((kind) =>
      readdirSync(join(root, kind))
        .sort()
        .map((file) => `${kind}/${file.replace(/\.json$/, '')}`),
    );
}

export function goldenCase(name: string): GoldenCase {
  // The cases are ours; a wrong one fails its test.
  return JSON.parse(readFileSync(join(root, `${name}.json`), 'utf8')) as GoldenCase;
}

export function writeGoldenCase(name: string, golden: GoldenCase): void {
  writeFileSync(join(root, `${name}.json`), `${layout(golden, '')}\n`);
}

/** The answers as the facts' parsers get them. */
export function answersIn({ answers }: GoldenCase): readonly Answer[] {
  return answers.map(({ exitCode, stdout, stderr }) => ({
    exitCode,
    stdout: joined(stdout),
    stderr: joined(stderr),
  }));
}

/** A value as a case file has it: as JSON, and every text of several lines as their list. */
export function inLines(value: unknown): unknown {
  const plain = JSON.parse(JSON.stringify(value)) as unknown;
  if (typeof plain === 'string') return plain.includes('\n') ? plain.split('\n') : plain;
  if (Array.isArray(plain)) return plain.map(inLines);
  if (typeof plain !== 'object' || plain === null) return plain;
  return Object.fromEntries(Object.entries(plain).map(([name, each]) => [name, inLines(each)]));
}

function joined(text: Text): string {
  return typeof text === 'string' ? text : text.join('\n');
}

/** JSON as prettier leaves it: what fits on a line stands on one. */
function layout(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const space = Array.isArray(value) ? '' : ' ';
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((each: unknown) => layout(each, inner))
    : Object.entries(value).map(([name, each]) => `"${name}": ${layout(each, inner)}`);
  if (parts.length === 0) return `${open}${close}`;
  const line = `${open}${space}${parts.join(', ')}${space}${close}`;
  const isObjectList = Array.isArray(value) && parts.length > 1 && /^[[{]/.test(parts[0] ?? '');
  if (!line.includes('\n') && !isObjectList && indent.length + line.length <= 80) return line;
  return `${open}\n${parts.map((part) => `${inner}${part}`).join(',\n')}\n${indent}${close}`;
}
