/** ignores.yaml: what drift and verify find and do not count, each with an owner and an end. */
import type { CheckId } from '../model/check';
import type { Host } from '../model/host';
import type { IgnoreRule, Named } from '../model/ignore-rule';
import { readDate } from './date';
import type { Groups } from './groups';
import { readHostPatterns } from './host-patterns';
import { checkIds } from './ids';
import { each, type Reading } from './reading';
import { checkShape } from './schema';
import schema from './schemas/ignores.schema.json';
import { shown, suggestion } from './wording';
import { child, isMapping, items, problemAt, textOf, type YamlNode } from './yaml-node';

/** A rule, and where it says whose changes it names. */
export interface LocatedIgnore {
  readonly rule: IgnoreRule;
  readonly role: YamlNode | undefined;
  readonly resource: YamlNode | undefined;
}

/** Reads the rules, in the order they are written. */
export function* readIgnores(
  root: YamlNode | undefined,
  hosts: readonly Host[],
  groups: Groups | undefined,
): Reading<readonly LocatedIgnore[]> {
  if (root === undefined) return [];
  yield* checkShape(root, schema);
  const listed = items(child(root, 'ignores')).filter(({ value }) => isMapping(value));
  yield* checkIds(listed);
  return yield* each(listed, (node) => readIgnore(node, hosts, groups));
}

function* readIgnore(
  node: YamlNode,
  hosts: readonly Host[],
  groups: Groups | undefined,
): Reading<LocatedIgnore | undefined> {
  const text = (key: string): string => textOf(child(node, key)) ?? '';
  const where = child(node, 'hosts');
  const rule = {
    id: text('id'),
    hosts: groups === undefined ? [] : yield* readHostPatterns(where, hosts, groups),
    match: textOf(child(node, 'match')),
    reason: text('reason'),
    owner: text('owner'),
    expires: yield* readDate(child(node, 'expires')),
  };
  const names = yield* readNamed(node);
  if (names === undefined) return undefined;
  return {
    rule: { ...rule, names },
    role: child(node, 'role'),
    resource: child(node, 'resource'),
  };
}

function* readNamed(node: YamlNode): Reading<Named | undefined> {
  const [check, role, resource] = ['check', 'role', 'resource'].map((key) => child(node, key));
  const change = role ?? resource;
  if (check !== undefined && change !== undefined) {
    const message =
      'a rule names either checks or changes; write "check", or "role" and "resource", and a second rule for the other';
    yield problemAt(change, message, { at: 'key' });
    return undefined;
  }
  if (check === undefined && change === undefined) {
    const message =
      'it names nothing to ignore; write "check: SC-2" for checks, or "role" or "resource" for changes of the plan';
    yield problemAt(node, message, { at: 'key' });
    return undefined;
  }
  if (check === undefined) {
    return { kind: 'changes', role: textOf(role), resource: textOf(resource) };
  }
  const id = textOf(check);
  // What is no text has been told by the schema.
  return id === undefined ? undefined : yield* readCheckId(id, check);
}

const ignorable: readonly CheckId[] = ['SC-1', 'SC-2', 'SC-3', 'INV-1', 'INV-3'];

/** What nobody may pass over, and why. */
const reasons: Readonly<Record<string, string>> = {
  'INV-2':
    'a host that is not who the lock says may be somebody else; a new key is accepted in wgpush.lock.yaml',
  unreachable:
    'of a host that was not reached nothing is known; leave it out by --limit, or take it out of the inventory',
  failed: 'of a host that could not be asked nothing is known',
  diverged: 'a push that did not do what it was to do is no state to leave a host in',
};

function* readCheckId(text: string, node: YamlNode): Reading<Named | undefined> {
  const id = ignorable.find((each) => each === text);
  if (id !== undefined) return { kind: 'checks', id };
  const reason = Object.hasOwn(reasons, text) ? reasons[text] : undefined;
  yield problemAt(
    node,
    reason === undefined
      ? `there is no check ${shown(text)}${suggestion(text, ignorable)}`
      : `${shown(text)} can't be ignored: ${reason}`,
  );
  return undefined;
}
