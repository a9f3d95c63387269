/**
 * roles/<name>/role.yaml: a role, each task checked by the schema of its resource.
 *
 * A role of the same name beside the inventory stands in the place of a built-in one.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Role } from '../model/role';
import { isPlainName } from './names';
import { each, type Finished, finish, type Reading } from './reading';
import { strayRoleFiles } from './role-text';
import { completeTask, type DeclaredTask, readTask, textsOf, type Vocabulary } from './role-task';
import { checkShape } from './schema';
import schema from './schemas/role.schema.json';
import { child, items, textOf, type YamlNode } from './yaml-node';
import { readYaml } from './yaml-file';

/** A role whose texts have yet to be read. */
interface DeclaredRole extends Omit<Role, 'tasks'> {
  readonly tasks: readonly DeclaredTask[];
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
  for (const shelf of directories) {
    const directory = path.join(shelf, name);
    const file = path.join(directory, 'role.yaml');
    const yaml = await readYaml(file, nameOf(file));
    if (yaml === undefined) continue;
    const { value: declared, problems } = finish(readRole(name, yaml.root, vocabulary));
    const tasks = await Promise.all(
      declared.tasks.map((task) => completeTask(task, directory, vocabulary.references)),
    );
    const strays = await strayRoleFiles(directory, textsOf(declared.tasks), nameOf);
    return {
      value: { ...declared, tasks: tasks.map(({ value }) => value) },
      problems: [
        ...yaml.problems,
        ...problems,
        ...tasks.flatMap((task) => task.problems),
        ...(yaml.root === undefined ? [] : strays),
      ],
    };
  }
  return undefined;
}

/** Names of the roles that there are, sorted. */
export async function knownRoles(directories: readonly string[]): Promise<readonly string[]> {
  const names = await Promise.all(
    directories.map(async (directory) => {
      const found = await readdir(directory).catch((): string[] => []);
      const files = found.map((name) => stat(path.join(directory, name, 'role.yaml')));
      const isRole = await Promise.allSettled(files);
      return found.filter((_, index) => isRole[index]?.status === 'fulfilled');
    }),
  );
  return [...new Set(names.flat())].sort();
}

function* readRole(
  name: string,
  root: YamlNode | undefined,
  vocabulary: Vocabulary,
): Reading<DeclaredRole> {
  if (root !== undefined) yield* checkShape(root, schema);
  const tasks = yield* each(items(child(root, 'tasks')), (task) => readTask(task, vocabulary));
  return {
    name,
    description: textOf(child(root, 'description')) ?? '',
    barrier: child(root, 'barrier')?.value === true,
    tasks,
  };
}
