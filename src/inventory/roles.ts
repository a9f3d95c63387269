/** Roles: those that mesh.yaml names, found, read and checked; and those that lie there unused. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../model/problem';
import type { Role } from '../model/role';
import type { DeclaredRole, GroupRoles } from './mesh-file';
import type { Finished } from './reading';
import { knownRoles, loadRole } from './role-file';
import type { Vocabulary } from './role-task';
import { shown, suggestion } from './wording';
import { problemAt } from './yaml-node';

/** Where roles are: the first directory that has one counts. */
export interface RoleShelf {
  /** Beside the inventory. */
  readonly own: string;
  readonly builtIn: string;
  readonly vocabulary: Vocabulary;
  /** What messages call a file. */
  readonly nameOf: (path: string) => string;
}

/** Reads each role once, in the order they are named. Of those that are not, only the mistakes count. */
export async function loadRoles(
  groups: readonly GroupRoles[],
  shelf: RoleShelf,
): Promise<Finished<readonly Role[]>> {
  const named = groups.flatMap(({ roles }) => roles);
  const names = [...new Set(named.map(({ name }) => name))];
  const load = (name: string, directories: readonly string[]) =>
    loadRole(name, directories, shelf.vocabulary, shelf.nameOf);
  const found = await Promise.all(
    names.map(async (name) => {
      const role = await load(name, [shelf.own, shelf.builtIn]);
      const uses = named.filter((use) => use.name === name);
      return { role, missing: role === undefined ? await missing(uses, shelf) : [] };
    }),
  );
  const others = (await knownRoles([shelf.own])).filter((name) => !names.includes(name));
  const unused = await Promise.all(others.map((name) => load(name, [shelf.own])));
  return {
    value: found.flatMap(({ role }) => role?.value ?? []),
    problems: [
      ...found.flatMap(({ role, missing: problems }) => role?.problems ?? problems),
      ...unused.flatMap((role) => role?.problems ?? []),
    ],
  };
}

async function missing(
  uses: readonly DeclaredRole[],
  shelf: RoleShelf,
): Promise<readonly Problem[]> {
  const known = await knownRoles([shelf.own, shelf.builtIn]);
  return Promise.all(
    uses.map(async ({ name, node }) => {
      const file = path.join(shelf.own, name, 'role.yaml');
      const isThere = await stat(path.dirname(file)).then(
        (entry) => entry.isDirectory(),
        () => false,
      );
      const message = isThere
        ? `role ${shown(name)} has no ${shelf.nameOf(file)}, which is all that wgpush reads of a role`
        : `role ${shown(name)} does not exist${suggestion(name, known)}`;
      if (node !== undefined) return problemAt(node, message);
      // A default that is missing is no slip of the user's: the package lacks it.
      const builtIn = path.join(shelf.builtIn, name, 'role.yaml');
      return { file: shelf.nameOf(builtIn), line: 1, column: 1, message };
    }),
  );
}
