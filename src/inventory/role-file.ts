/**
 * roles/<name>/role.yaml: a role, each task checked by the schema of its resource.
 *
 * A role of the same name beside the inventory stands in the place of a built-in one.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Role, RoleTask } from '../model/role';
import { isPlainName } from './names';
import { each, type Finished, finish, type Reading } from './reading';
import { checkReferences, type References } from './references';
import { checkArguments, checkShape, type Schema } from './schema';
import schema from './schemas/role.schema.json';
import { shown, suggestion } from './wording';
import {
  child,
  entries,
  isMapping,
  items,
  plain,
  problemAt,
  textOf,
  type YamlNode,
} from './yaml-node';
import { readYaml } from './yaml-file';

/** What a role may speak of. */
export interface Vocabulary {
  /** The schema of each resource's arguments, by its kind. */
  readonly resources: ReadonlyMap<string, Schema>;
  readonly references: References;
}

/**
 * Reads a role from the first of the directories that has it; undefined where none has.
 * `nameOf` says what messages call a file.
 */
export async function loadRole(
  name: string,
  directories: readonly string[],
  vocabulary: Vocabulary,
  nameOf: (path: string) => string,
): Promise<Finished<Role> | undefined> {
  if (!isPlainName(name)) return undefined;
  for (const directory of directories) {
    const file = path.join(directory, name, 'role.yaml');
    const yaml = await readYaml(file, nameOf(file));
    if (yaml === undefined) continue;
    const { value, problems } = finish(readRole(name, yaml.root, vocabulary));
    return { value, problems: [...yaml.problems, ...problems] };
  }
  return undefined;
}

/** Names of the roles that there are, sorted. */
export async function knownRoles(directories: readonly string[]): Promise<readonly string[]> {
  const names = await Promise.all(
    directories.map((directory) => readdir(directory).catch((): string[] => [])),
  );
  return [...new Set(names.flat())].sort();
}

function* readRole(
  name: string,
  root: YamlNode | undefined,
  vocabulary: Vocabulary,
): Reading<Role> {
  if (root !== undefined) yield* checkShape(root, schema);
  const tasks = yield* each(items(child(root, 'tasks')), (task) => readTask(task, vocabulary));
  return {
    name,
    description: textOf(child(root, 'description')) ?? '',
    barrier: child(root, 'barrier')?.value === true,
    tasks,
  };
}

function* readTask(task: YamlNode, vocabulary: Vocabulary): Reading<RoleTask | undefined> {
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
  const known = vocabulary.resources.get(resource);
  if (known === undefined) {
    const others = suggestion(resource, vocabulary.resources.keys());
    yield problemAt(node, `there is no resource ${shown(resource)}${others}`, { at: 'key' });
    return undefined;
  }
  // A task without arguments may leave them out.
  const args = node.value === null ? { ...node, value: new Map<string, YamlNode>() } : node;
  if (!isMapping(args.value)) return undefined;
  yield* checkArguments(args, known, vocabulary.references);
  yield* checkReferences(args, vocabulary.references);
  const values = entries(args).map(([key, value]) => [key, plain(value)] as const);
  return { resource, args: Object.fromEntries(values) };
}
