/**
 * Whose changes an ignore rule names: a role that its hosts have, a resource that such a role makes
 * changes by. A rule that can never match is a slip of the pen, and would leave an alarm on.
 */
import type { Host } from '../model/host';
import type { Role } from '../model/role';
import type { LocatedIgnore } from './ignores-file';
import type { Reading } from './reading';
import type { Vocabulary } from './role-task';
import { shown, suggestion } from './wording';
import { problemAt, textOf } from './yaml-node';

/** @param roles those that could be read; of the others it is not known what they do. */
export function* checkIgnoredChanges(
  ignores: readonly LocatedIgnore[],
  hosts: readonly Host[],
  roles: readonly Role[],
  resources: Vocabulary['resources'],
): Reading<void> {
  for (const ignore of ignores) {
    const own = hosts.filter(({ name }) => ignore.rule.hosts.includes(name));
    // Nobody has a role where there is nobody; that is told elsewhere.
    if (own.length > 0) yield* checkNames(ignore, own, roles, resources);
  }
}

const looksOnly = 'looks and changes nothing; what it finds is named by "check"';

function* checkNames(
  { role: roleNode, resource: resourceNode }: LocatedIgnore,
  hosts: readonly Host[],
  roles: readonly Role[],
  resources: Vocabulary['resources'],
): Reading<void> {
  const had = new Set(hosts.flatMap((host) => host.roles));
  const [role, resource] = [textOf(roleNode), textOf(resourceNode)];
  if (roleNode !== undefined && role !== undefined && !had.has(role)) {
    const message = `none of its hosts has a role ${shown(role)}${suggestion(role, had)}`;
    yield problemAt(roleNode, message);
    return;
  }
  const kinds = kindsOf(role === undefined ? [...had] : [role], roles);
  if (kinds === undefined) return;
  const changing = new Set(kinds.filter((kind) => resources.get(kind)?.isCheck === false));
  if (resourceNode !== undefined && resource !== undefined) {
    if (changing.has(resource)) return;
    const nobody = role === undefined ? 'no role of its hosts has a' : `role ${shown(role)} has no`;
    const message =
      resources.get(resource)?.isCheck === true
        ? `resource ${shown(resource)} ${looksOnly}`
        : `${nobody} resource ${shown(resource)}${suggestion(resource, changing)}`;
    yield problemAt(resourceNode, message);
  } else if (roleNode !== undefined && role !== undefined && changing.size === 0) {
    yield problemAt(roleNode, `role ${shown(role)} ${looksOnly}`);
  }
}

/** The resources that the roles name; undefined where one of the roles could not be read. */
function kindsOf(names: readonly string[], roles: readonly Role[]): readonly string[] | undefined {
  const found = names.map((name) => roles.find((role) => role.name === name));
  if (found.includes(undefined)) return undefined;
  return found.flatMap((role) => role?.tasks.map(({ resource }) => resource) ?? []);
}
