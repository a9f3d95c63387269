/**
 * Loads an inventory: files to a checked model value, or every mistake in them.
 *
 * A mistake never hides another. A file that is no YAML is reported, and what depends on it is let
 * go; all the rest is still read and checked.
 */
import path from 'node:path';
import type { Inventory } from '../model/inventory';
import type { Lock } from '../model/lock';
import { distinct, type Problem } from '../model/problem';
import type { Role } from '../model/role';
import type { Groups } from './groups';
import { smallestInventory } from './hosts-file';
import { readHostsSource } from './hosts-source';
import { checkIgnoredChanges } from './ignored-changes';
import { type InventoryFiles, locate } from './inventory-files';
import { finish } from './reading';
import type { References } from './references';
import type { Vocabulary } from './role-task';
import { loadRoles } from './roles';
import { strayFiles } from './stray-files';
import { type InventoryTexts, readInventory } from './whole-inventory';
import { readVariableFiles } from './variable-files';
import { readYaml, unreadable, type YamlFile } from './yaml-file';

export type Loaded =
  | {
      readonly kind: 'loaded';
      readonly inventory: Inventory;
      /** The groups as they are written, and every variable of the hosts. */
      readonly groups: Groups;
      /** What was passed over and should be known; no reason to stop. */
      readonly warnings: readonly Problem[];
      /** As the file has it; empty without one. */
      readonly lock: Lock;
      /** Every role that mesh.yaml names, in its order. */
      readonly roles: readonly Role[];
      /** The path of its directory, or of the file that it is alone. */
      readonly place: string;
      /** The path of the lock, whether it exists or not. */
      readonly lockFile: string;
    }
  | {
      readonly kind: 'invalid';
      readonly name: string;
      /** By file, line and column; at least one. */
      readonly problems: readonly Problem[];
    };

/** The package's roles; the path holds in `src/inventory` and in the bundle, `dist/cli`. */
const ownRoles = path.join(__dirname, '../../roles');

/**
 * @param where what the user named: `prod`, or the path of a directory or of a hosts file.
 * @param directory where wgpush runs: names are looked up there, files are called relative to it.
 * @param resources what each resource says of its arguments, by its kind.
 * @param references what a role may refer to.
 * @param today `YYYY-MM-DD`, in UTC.
 */
export async function loadInventory(
  where: string,
  directory: string,
  resources: Vocabulary['resources'],
  references: References,
  today: string,
  { builtInRoles = ownRoles }: { readonly builtInRoles?: string } = {},
): Promise<Loaded> {
  const located = await locate(where, directory);
  if (located.kind === 'missing') {
    return { kind: 'invalid', name: where, problems: [located.problem] };
  }
  const { files } = located;
  const nameOf = (file: string): string => shownPath(file, directory);
  const texts = await readTexts(files, nameOf);
  const { value, problems: mistakes } = finish(readInventory(files.name, texts, directory, today));
  const roles = await loadRoles(value.roles, {
    own: files.roles,
    builtIn: builtInRoles,
    vocabulary: { resources, references },
    nameOf,
  });
  const { problems: misnamed } = finish(
    checkIgnoredChanges(value.ignores, value.inventory.hosts, roles.value, resources),
  );
  const strays = files.directory === undefined ? [] : await strayFiles(files.directory, nameOf);
  const { hosts, mesh, services, exceptions, ignores, lock: lockText } = texts;
  const unread = [hosts, mesh, services, exceptions, ignores, lockText].flatMap(
    (file: YamlFile | undefined) => file?.problems ?? [],
  );
  const problems = inOrder([...unread, ...mistakes, ...roles.problems, ...misnamed, ...strays]);
  const { inventory, groups, lock } = value;
  // Without groups, why the hosts file could not be read is among the problems.
  if (problems.length > 0 || groups === undefined) {
    return { kind: 'invalid', name: files.name, problems };
  }
  const warnings = inOrder(texts.variables?.warnings ?? []);
  const found = { inventory, groups, warnings, lock, roles: roles.value };
  return { kind: 'loaded', ...found, place: files.directory ?? files.hosts, lockFile: files.lock };
}

async function readTexts(
  files: InventoryFiles,
  nameOf: (file: string) => string,
): Promise<InventoryTexts> {
  const read = async (file: string | undefined): Promise<YamlFile | undefined> =>
    file === undefined ? undefined : readYaml(file, nameOf(file));
  const [hosts, variables, mesh, services, exceptions, ignores, lock] = await Promise.all([
    readHostsSource(files.hosts, nameOf(files.hosts)),
    readVariableFiles(path.dirname(files.hosts), nameOf),
    read(files.mesh),
    read(files.services),
    read(files.exceptions),
    read(files.ignores),
    read(files.lock),
  ]);
  const missing = `there is no such file; the smallest inventory is ${smallestInventory}`;
  return {
    hosts: hosts ?? unreadable(nameOf(files.hosts), missing),
    variables,
    mesh,
    services,
    exceptions,
    ignores,
    lock,
  };
}

/** By file, line and column. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return distinct(problems).toSorted(
    (one, other) =>
      compare(one.file, other.file) ||
      one.line - other.line ||
      one.column - other.column ||
      compare(one.message, other.message),
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Relative where it is inside the directory. */
function shownPath(file: string, directory: string): string {
  const relative = path.relative(directory, file);
  const isInside = !relative.startsWith('..') && !path.isAbsolute(relative);
  return isInside ? relative : file;
}
