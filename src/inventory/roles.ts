/** The roles that mesh.yaml names: found, read and checked. */
import path from 'node:path';
import type { Problem } from '../model/problem';
import type { Role } from '../model/role';
import type { DeclaredRole, GroupRoles } from './mesh-file';
import type { Finished } from './reading';
import { knownRoles, loadRole, type Vocabulary } from './role-file';
import { shown, suggestion } from './wording';
import { problemAt } from './yaml-node';

/** Where roles are: the first directory that has one counts. The last one is the package's own. */
export interface RoleShelf {
  readonly directories: readonly string[];
  readonly vocabulary: Vocabulary;
  /** What messages call a file. */
  readonly nameOf: (path: string) => string;
}

/** Reads each role once, in the order they are named. */
export async function loadRoles(
  groups: readonly GroupRoles[],
  shelf: RoleShelf,
): Promise<Finished<readonly Role[]>> {
  const named = groups.flatMap(({ roles }) => roles);
  const names = [...new Set(named.map(({ name }) => name))];
  const found = await Promise.all(
    names.map(async (name) => ({
      role: await loadRole(name, shelf.directories, shelf.vocabulary, shelf.nameOf),
      uses: named.filter((use) => use.name === name),
    })),
  );
  const known = await knownRoles(shelf.directories);
  return {
    value: found.flatMap(({ role }) => role?.value ?? []),
    problems: found.flatMap(
      ({ role, uses }) => role?.problems ?? uses.map((use) => unknown(use, known, shelf)),
    ),
  };
}

function unknown(
  { name, node }: DeclaredRole,
  known: readonly string[],
  shelf: RoleShelf,
): Problem {
  const message = `role ${shown(name)} does not exist${suggestion(name, known)}`;
  if (node !== undefined) return problemAt(node, message);
  // A default that is missing is no slip of the user's: the package lacks it.
  const file = path.join(shelf.directories.at(-1) ?? '', name, 'role.yaml');
  return { file: shelf.nameOf(file), line: 1, column: 1, message };
}
