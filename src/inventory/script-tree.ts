/**
 * What a dynamic inventory prints, as the tree of a hosts file.
 *
 * A group is a list of its hosts, or has the keys `hosts`, `vars` and `children`; with none of them
 * it is a host of its own name with these variables. Nothing here has a line to point at, so every
 * value knows the keys that lead to it.
 */
import { each, type Reading } from './reading';
import { shown } from './wording';
import { entries, problemAt, type YamlNode } from './yaml-node';

const deepest = 64;
const mostValues = 1_000_000;

/** The hosts to ask for one by one; undefined where `_meta` has their variables, or no inventory is there. */
export function hostNamesOf(listed: unknown): readonly string[] | undefined {
  if (!isObject(listed)) return undefined;
  if (isObject(listed['_meta']) && Object.hasOwn(listed['_meta'], 'hostvars')) return undefined;
  const names = Object.entries(listed).flatMap(([group, said]) => {
    if (group === '_meta') return [];
    const hosts = isObject(said) ? said['hosts'] : said;
    if (Array.isArray(hosts)) return hosts.filter((host) => typeof host === 'string');
    return isObject(said) && isShort(said) ? [group] : [];
  });
  // A name that begins with `-` would be an option.
  return [...new Set(names)].filter((name) => /^[^-]/.test(name));
}

/** @param variables of each host, where the program was asked for them one by one. */
export function* scriptTree(
  file: string,
  listed: unknown,
  variables: ReadonlyMap<string, unknown> | undefined,
): Reading<YamlNode | undefined> {
  const tree = new ScriptTree(file);
  if (!isObject(listed)) {
    const right = 'it must print a JSON object of groups, as ansible-inventory --list does';
    yield problemAt(tree.root, `${right}; found ${kindOf(listed)}`);
    return undefined;
  }
  const sections = yield* tree.groups(listed);
  const asked = variables === undefined ? undefined : Object.fromEntries(variables);
  const meta = asked ?? (isObject(listed['_meta']) ? listed['_meta']['hostvars'] : undefined);
  const last = yield* tree.hostVariables(meta);
  const value = last === undefined ? sections : [...sections, last];
  return { ...tree.root, value, tag: 'sections' };
}

class ScriptTree {
  readonly root: YamlNode;
  private readonly named = new Set<string>();
  private values = 0;

  constructor(file: string) {
    const place = { line: 1, column: 1 };
    this.root = { file, keyPlace: place, place, value: null };
  }

  *groups(listed: Readonly<Record<string, unknown>>): Reading<readonly YamlNode[]> {
    const groups = Object.entries(listed).filter(([group]) => group !== '_meta');
    return yield* each(groups, ([group, said]) => this.group(group, said));
  }

  /** The variables of hosts that no group has are let go, as Ansible does. */
  *hostVariables(hostvars: unknown): Reading<YamlNode | undefined> {
    if (hostvars === undefined || hostvars === null) return undefined;
    const at = this.at('_meta.hostvars');
    if (!isObject(hostvars)) {
      yield problemAt(at, `here stand the variables of each host; found ${kindOf(hostvars)}`);
      return undefined;
    }
    const hosts = new Map<string, YamlNode>();
    for (const [host, variables] of Object.entries(hostvars)) {
      if (!this.named.has(host)) continue;
      hosts.set(host, yield* this.value(variables, `_meta.hostvars.${host}`, 0));
    }
    return this.section('all', new Map([['hosts', { ...at, value: hosts }]]));
  }

  private *group(group: string, said: unknown): Reading<YamlNode | undefined> {
    const at = this.at(group);
    const parts = new Map<string, YamlNode>();
    if (Array.isArray(said)) {
      parts.set('hosts', this.asHosts(yield* this.names(said, group)));
    } else if (!isObject(said)) {
      yield problemAt(at, `a group is a list of hosts or an object; found ${kindOf(said)}`);
    } else if (isShort(said)) {
      parts.set('hosts', this.asHosts(yield* this.names([group], group)));
      parts.set('vars', yield* this.value(said, group, 0));
    } else {
      for (const [key, value] of Object.entries(said)) {
        const path = `${group}.${key}`;
        if (key === 'vars') parts.set(key, yield* this.value(value, path, 0));
        else if (key === 'hosts') parts.set(key, this.asHosts(yield* this.names(value, path)));
        else if (key === 'children') parts.set(key, yield* this.names(value, path));
        else {
          const right = 'a group has "hosts", "vars" and "children"';
          yield problemAt(at, `unknown key ${shown(key)}; ${right}`);
        }
      }
    }
    return this.section(group, parts);
  }

  /** A list of names as YAML has it: a mapping of names to nothing. */
  private *names(list: unknown, path: string): Reading<YamlNode> {
    const at = this.at(path);
    if (!Array.isArray(list)) {
      yield problemAt(at, `this must be a list of names; found ${kindOf(list)}`);
      return at;
    }
    const names = new Map<string, YamlNode>();
    for (const item of list as readonly unknown[]) {
      if (typeof item === 'string' && !/[[\]:]/.test(item)) {
        names.set(item, at);
      } else {
        const found = typeof item === 'string' ? shown(item) : kindOf(item);
        yield problemAt(at, `a name is a text without brackets and colons; found ${found}`);
      }
    }
    return { ...at, value: names };
  }

  private asHosts(names: YamlNode): YamlNode {
    for (const [name] of entries(names)) this.named.add(name);
    return names;
  }

  private *value(value: unknown, path: string, depth: number): Reading<YamlNode> {
    const at = this.at(path);
    this.values += 1;
    if (depth > deepest || this.values > mostValues) {
      const found = depth > deepest ? 'is nested too deeply' : 'is too much';
      if (depth > deepest || this.values === mostValues + 1) yield problemAt(at, `this ${found}`);
      return at;
    }
    if (Array.isArray(value)) {
      const items = yield* each(value as readonly unknown[], (item) =>
        this.value(item, path, depth + 1),
      );
      return { ...at, value: items };
    }
    if (!isObject(value)) return { ...at, value: value as string | number | boolean | null };
    // How Ansible writes in JSON what YAML has as `!vault` and `!unsafe`.
    const { __ansible_vault: vaulted, __ansible_unsafe: unsafe } = value;
    if (typeof vaulted === 'string') return { ...at, value: vaulted, tag: 'vault' };
    if (typeof unsafe === 'string') return { ...at, value: unsafe, tag: 'unsafe' };
    const pairs = new Map<string, YamlNode>();
    for (const [key, part] of Object.entries(value)) {
      if (key === '__proto__') yield problemAt(at, 'the key "__proto__" is not allowed');
      else pairs.set(key, yield* this.value(part, `${path}.${key}`, depth + 1));
    }
    return { ...at, value: pairs };
  }

  private section(group: string, parts: ReadonlyMap<string, YamlNode>): YamlNode {
    const at = this.at(group);
    return { ...this.root, value: new Map([[group, { ...at, value: parts }]]) };
  }

  private at(keyPath: string): YamlNode {
    return { ...this.root, keyPath: keyPath.length > 200 ? `${keyPath.slice(0, 200)}…` : keyPath };
  }
}

/** A group of one host, which has the group's name, and its variables. */
function isShort(said: Readonly<Record<string, unknown>>): boolean {
  return !['hosts', 'vars', 'children'].some((key) => Object.hasOwn(said, key));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return shown(value);
  return typeof value === 'object' ? 'an object' : JSON.stringify(value);
}
