/** A task of a role, as its file writes it: one resource, and arguments that its schema checks. */
import path from 'node:path';
import type { Problem } from '../model/problem';
import type { RoleTask } from '../model/role';
import type { Finished, Reading } from './reading';
import { asText, checkReferences, type References, withExamples } from './references';
import { readRoleText } from './role-text';
import { checkArguments, type Schema } from './schema';
import { shown, suggestion } from './wording';
import { child, entries, isMapping, plain, problemAt, textOf, type YamlNode } from './yaml-node';

/** What a role may speak of. */
export interface Vocabulary {
  /** By their kinds. */
  readonly resources: ReadonlyMap<string, ResourceWords>;
  readonly references: References;
}

/** What a resource says of its arguments. */
export interface ResourceWords {
  readonly args: Schema;
  /** Does it look only, and make no changes? */
  readonly isCheck: boolean;
  /** An argument that names a text file beside the role, and the one that its text becomes. */
  readonly textFile: { readonly from: string; readonly to: string } | undefined;
  /** What is wrong with arguments that have the right shape. */
  mistakes(args: unknown): readonly string[];
}

/** A task whose texts have yet to be read. */
export interface DeclaredTask {
  readonly resource: string;
  readonly words: ResourceWords;
  readonly args: YamlNode;
  /** Undefined where the task names no text file. */
  readonly source: YamlNode | undefined;
  readonly hasRightShape: boolean;
}

export function* readTask(
  task: YamlNode,
  vocabulary: Vocabulary,
): Reading<DeclaredTask | undefined> {
  // What is no mapping has been told by the schema.
  if (!isMapping(task.value)) return undefined;
  const [first, ...more] = entries(task);
  if (first === undefined || more.length > 0) {
    const found =
      first === undefined ? 'none' : [first, ...more].map(([key]) => shown(key)).join(', ');
    yield problemAt(task, `a task names exactly one resource; found ${found}`);
    return undefined;
  }
  const [resource, node] = first;
  const words = vocabulary.resources.get(resource);
  if (words === undefined) {
    const others = suggestion(resource, vocabulary.resources.keys());
    yield problemAt(node, `there is no resource ${shown(resource)}${others}`, { at: 'key' });
    return undefined;
  }
  // A task without arguments may leave them out.
  const args = node.value === null ? { ...node, value: new Map<string, YamlNode>() } : node;
  if (!isMapping(args.value)) return undefined;
  const problems = [
    ...checkArguments(args, words.args, vocabulary.references),
    ...checkReferences(args, vocabulary.references),
  ];
  yield* problems;
  const source = words.textFile === undefined ? undefined : child(args, words.textFile.from);
  return { resource, words, args, source, hasRightShape: problems.length === 0 };
}

/** The task with its texts, read in the directory of the role. */
export async function completeTask(
  { resource, words, args: node, source, hasRightShape }: DeclaredTask,
  directory: string,
  references: References,
): Promise<Finished<RoleTask>> {
  const args = Object.fromEntries(entries(node).map(([key, value]) => [key, plain(value)]));
  const problems: Problem[] = [];
  const name = textOf(source);
  if (words.textFile !== undefined && source !== undefined && name !== undefined) {
    const { from, to } = words.textFile;
    if (to in args) {
      const message = `${shown(from)} and ${shown(to)} stand side by side; one of them is the text`;
      problems.push(problemAt(source, message, { at: 'key' }));
    }
    const read = await readRoleText(directory, name);
    if (read.kind === 'mistake') problems.push(problemAt(source, read.message));
    args[to] = read.kind === 'text' ? asText(read.text) : '';
    Reflect.deleteProperty(args, from);
  }
  if (hasRightShape && problems.length === 0) {
    const mistakes = words.mistakes(withExamples(args, references));
    problems.push(...mistakes.map((message) => problemAt(node, message, { at: 'key' })));
  }
  return { value: { resource, args }, problems };
}

/** The text files that tasks name, as paths in the directory of the role. */
export function textsOf(tasks: readonly DeclaredTask[]): ReadonlySet<string> {
  return new Set(
    tasks.flatMap(({ source }) => {
      const name = textOf(source);
      return name === undefined ? [] : [path.normalize(name)];
    }),
  );
}
