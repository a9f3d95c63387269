/** The names a user gives to hosts, groups, services and roles. */
import type { Reading } from './reading';
import { shown } from './wording';
import { problemAt, type YamlNode } from './yaml-node';

const longest = 100;

/** Names stand in comments of firewall rules, in file names and in terminals: so they are plain. */
export function isPlainName(name: string): boolean {
  return name.length <= longest && /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name);
}

/** Checks the name that is a value's key. `what` is what it names: `host`. */
export function* checkName(what: string, name: string, node: YamlNode): Reading<void> {
  if (isPlainName(name)) return;
  const message = /[[\]]/.test(name)
    ? `${what} ${shown(name)} has a bracket that begins or ends no range, such as web-[01:20]`
    : `${what} ${shown(name)} must have only letters, digits, ".", "_" and "-" in its name`;
  yield problemAt(node, message, { at: 'key' });
}
