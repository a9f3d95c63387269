/** How a host is logged in to: its variables, and what the arguments of ssh say. */
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import type { Become, Login } from '../model/host';
import { type Secret, secret } from '../model/secret';
import { find } from './counting-variable';
import { reachable } from './endpoint';
import type { DeclaredHost } from './groups';
import type { Written } from './host-variables';
import type { NamedJump } from './jump-hosts';
import { isPlainName } from './names';
import { openFields } from './open-fields';
import { readPort } from './ports';
import type { Reading } from './reading';
import { readSshArguments } from './ssh-arguments';
import { namesOf } from './variable-names';
import { shown } from './wording';
import { described, problemAt, textOf, type YamlNode } from './yaml-node';

export interface LocatedLogin {
  readonly login: Login;
  readonly host: Written<string>;
  /** What they are is known when all hosts are. */
  readonly jumps: readonly NamedJump[];
}

/** @param directory where wgpush runs. */
export function* readLogin(declared: DeclaredHost, directory: string): Reading<LocatedLogin> {
  const host = yield* readHost(declared);
  const said = yield* readSshArguments(declared);
  const port = yield* readLoginPort(yield* one(declared, namesOf.port, said.port));
  const user = yield* readUser(yield* one(declared, namesOf.user, said.user));
  const identityFile = yield* readIdentityFile(
    yield* one(declared, namesOf.identityFile, said.identityFile),
    directory,
  );
  const login: Login = {
    host: host.value,
    port: port ?? 22,
    user: user ?? ownName(),
    identityFile,
    alias: host.value,
    open: openFields({
      port,
      user,
      identityFile,
      jumps: said.jumps,
      hostKeyChecking: said.sayHostKeyChecking ? true : undefined,
    }),
    settings: undefined,
    become: yield* readBecome(declared),
    jumps: [],
  };
  return { login, host, jumps: said.jumps ?? [] };
}

/** The variable, or what the arguments of ssh say in its place; they may not say different things. */
function* one(
  host: DeclaredHost,
  names: readonly string[],
  argument: YamlNode | undefined,
): Reading<YamlNode | undefined> {
  const variable = yield* find(host, names);
  if (variable === undefined || argument === undefined) return variable ?? argument;
  if (wordOf(variable) === wordOf(argument)) return variable;
  const found = `the SSH arguments say ${described(argument)}, and ${names.join(' or ')}`;
  yield problemAt(argument, `${found} says ${described(variable)}; leave one of them out`);
  return variable;
}

function* readHost(host: DeclaredHost): Reading<Written<string>> {
  const node = yield* find(host, namesOf.host);
  const text = textOf(node);
  const value = reachable(text ?? host.name);
  if (value !== undefined) return { value, node: node ?? placeOfName(host) };
  if (node === undefined || text === undefined) {
    // What is wrong with the name itself has been said.
    if (!isPlainName(host.name)) return { value: host.name, node: placeOfName(host) };
    const message = `host ${shown(host.name)} needs an ansible_host: its name is no address`;
    yield problemAt(host.node, message, { at: 'key' });
  } else {
    yield problemAt(node, `${shown(text)} is neither an address nor the name of a host`);
  }
  // A value that no two hosts share, so that nothing more is found wrong with it.
  return { value: host.name, node: placeOfName(host) };
}

function* readLoginPort(node: YamlNode | undefined): Reading<number | undefined> {
  return node === undefined ? undefined : yield* readPort(node);
}

function* readUser(node: YamlNode | undefined): Reading<string | undefined> {
  const name = textOf(node);
  if (node === undefined || name === undefined) return undefined;
  // A name that begins with `-` would be an option of ssh(1).
  if (/^[^\s\p{Cc}@:-][^\s\p{Cc}]{0,99}$/u.test(name)) return name;
  yield problemAt(node, `${shown(name)} is not the name of a user`);
  return undefined;
}

/** `~` is the user's home; a relative path is meant from where wgpush runs. */
function* readIdentityFile(
  node: YamlNode | undefined,
  directory: string,
): Reading<string | undefined> {
  const text = textOf(node);
  if (node === undefined || text === undefined) return undefined;
  if (text === '' || /^~[^/]|\p{Cc}/u.test(text)) {
    yield problemAt(
      node,
      `${shown(text)} is not the path of a key file, such as ~/.ssh/id_ed25519`,
    );
    return undefined;
  }
  return path.resolve(directory, text.replace(/^~(?=\/)/, homedir()));
}

function* readBecome(host: DeclaredHost): Reading<Become | undefined> {
  const node = yield* find(host, namesOf.become);
  const user = yield* find(host, namesOf.becomeUser);
  const method = yield* readBecomeMethod(host);
  const password = yield* readBecomePassword(host);
  const who = textOf(user);
  if (user !== undefined && who !== undefined && who !== 'root') {
    const why = 'packages, files and the firewall are changed by root';
    yield problemAt(user, `becoming ${shown(who)} is not supported: ${why}; leave it out`);
  }
  if (node === undefined || !(yield* readBoolean(node))) return undefined;
  return { method, user: 'root', password };
}

function* readBecomeMethod(host: DeclaredHost): Reading<Become['method']> {
  const node = yield* find(host, namesOf.becomeMethod);
  const how = textOf(node);
  if (node === undefined || how === undefined) return 'sudo';
  const method = becomeMethods.get(how.replace(/^(?:ansible\.builtin|community\.general)\./, ''));
  if (method !== undefined) return method;
  const why = how === 'su' ? 'su reads a password from a terminal only' : 'wgpush does not know it';
  const right = 'use sudo or doas, or log in as root';
  yield problemAt(node, `becoming root by ${shown(how)} is not supported: ${why}; ${right}`);
  return 'sudo';
}

const becomeMethods = new Map([
  ['sudo', 'sudo' as const],
  ['doas', 'doas' as const],
]);

/** Nothing of what is wrong with it tells what it is. */
function* readBecomePassword(host: DeclaredHost): Reading<Secret | undefined> {
  const node = yield* find(host, namesOf.becomePassword, { isSecret: true });
  if (node === undefined || node.value === null || node.value === '') return undefined;
  const text = textOf(node);
  if (text !== undefined && !/[\r\n\0]/.test(text)) return secret(text);
  const right = 'write it in quotes if it looks like a number';
  yield problemAt(node, `a password is a text of one line; ${right}`);
  return undefined;
}

/** What Ansible takes for true and false (`boolean` of its convert_bool). */
function* readBoolean(node: YamlNode): Reading<boolean> {
  const text = wordOf(node)?.toLowerCase() ?? '';
  if (['true', 'yes', 'on', 'y', 't', '1'].includes(text)) return true;
  if (['false', 'no', 'off', 'n', 'f', '0', 'null', ''].includes(text)) return false;
  yield problemAt(node, `this must be true or false; found ${described(node)}`);
  return false;
}

/** As ssh(1) would: who runs it. */
export function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in passwd(5), as in some containers.
    return 'root';
  }
}

function placeOfName({ node }: DeclaredHost): YamlNode {
  return { ...node, place: node.keyPlace };
}

/** A plain value as it is written; undefined for a list or a mapping. */
function wordOf({ value }: YamlNode): string | undefined {
  return typeof value === 'object' && value !== null ? undefined : String(value);
}
