/** The variables of a host: read, checked, and with their defaults. */
import { homedir } from 'node:os';
import path from 'node:path';
import { type Address, address, bits, familyOf } from '../model/address';
import type { Endpoint } from '../model/host';
import { reachable, writtenEndpoint } from './endpoint';
import { type DeclaredHost, variableOf } from './groups';
import { isPlainName } from './names';
import { readPort } from './ports';
import { each, type Reading } from './reading';
import { namesOf } from './variable-names';
import { shown } from './wording';
import { described, items, problemAt, textOf, type YamlNode } from './yaml-node';

/** A value and where it is written: at the variable, or at the host where it is a default. */
export interface Written<Value> {
  readonly value: Value;
  readonly node: YamlNode;
}

export function* readLoginHost(host: DeclaredHost): Reading<Written<string>> {
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

export function* readLoginPort(host: DeclaredHost): Reading<number> {
  const node = yield* find(host, namesOf.port);
  return (node === undefined ? undefined : yield* readPort(node)) ?? 22;
}

export function* readLoginUser(host: DeclaredHost): Reading<string | undefined> {
  const node = yield* find(host, namesOf.user);
  const name = textOf(node);
  if (node === undefined || name === undefined) return undefined;
  // A name that begins with `-` would be an option of ssh(1).
  if (/^[^\s\p{Cc}@:-][^\s\p{Cc}]{0,99}$/u.test(name)) return name;
  yield problemAt(node, `${shown(name)} is not the name of a user`);
  return undefined;
}

/** `~` is the user's home; a relative path is meant from where wgpush runs. */
export function* readIdentityFile(
  host: DeclaredHost,
  directory: string,
): Reading<string | undefined> {
  const node = yield* find(host, namesOf.identityFile);
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

export function* readListenPort(host: DeclaredHost, standard: number): Reading<number> {
  const node = yield* find(host, namesOf.listenPort);
  return (node === undefined ? undefined : yield* readPort(node)) ?? standard;
}

/** Where peers send to: by default where one logs in, at the listen port. */
export function* readEndpoint(
  host: DeclaredHost,
  login: Written<string>,
  listenPort: number,
): Reading<Written<Endpoint>> {
  const standard = { value: { host: login.value, port: listenPort }, node: login.node };
  const node = yield* find(host, namesOf.endpoint);
  const text = textOf(node);
  if (node === undefined || text === undefined) return standard;
  const written = writtenEndpoint(text);
  if (written === undefined) {
    yield problemAt(node, `an endpoint is HOST, HOST:PORT or [V6]:PORT; found ${shown(text)}`);
    return standard;
  }
  if (written.port === undefined) return { value: { host: written.host, port: listenPort }, node };
  const port = yield* readPort({ ...node, value: written.port });
  return { value: { host: written.host, port: port ?? listenPort }, node };
}

/** Seconds; 0 and `off` are none, as in wg(8). */
export function* readKeepalive(host: DeclaredHost): Reading<number | undefined> {
  const node = yield* find(host, namesOf.persistentKeepalive);
  if (typeof node?.value !== 'number' && typeof node?.value !== 'string') return undefined;
  if (node.value === 'off') return undefined;
  const seconds = /^\d{1,5}$/.test(String(node.value)) ? Number(node.value) : Number.NaN;
  if (seconds <= 65_535) return seconds === 0 ? undefined : seconds;
  yield problemAt(node, `a keepalive is 0 to 65535 seconds; found ${described(node)}`);
  return undefined;
}

/** WireGuard addresses; a prefix length, as other roles want it, is let go. */
export function* readAddresses(host: DeclaredHost): Reading<readonly Written<Address>[]> {
  const node = yield* find(host, namesOf.addresses);
  return yield* each(items(node), readAddress);
}

function* readAddress(node: YamlNode): Reading<Written<Address> | undefined> {
  const text = textOf(node);
  if (text === undefined) return undefined;
  const [written = '', prefix, ...more] = text.split('/');
  const value = address(written);
  const isPlain = prefix === undefined || /^\d{1,3}$/.test(prefix);
  if (value !== undefined && isPlain && more.length === 0) {
    if (Number(prefix ?? 0) <= bits(familyOf(value))) return { value, node };
  }
  yield problemAt(node, `${shown(text)} is not an address such as 10.50.0.1 or fd50::1`);
  return undefined;
}

/** The value that counts, under any of its names. */
function* find(host: DeclaredHost, names: readonly string[]): Reading<YamlNode | undefined> {
  const node = names.map((name) => variableOf(host, name)).find((found) => found !== undefined);
  const template = items(node).find((item) => textOf(item)?.includes('{{') === true);
  if (template === undefined) return node;
  const found = shown(textOf(template) ?? '');
  yield problemAt(template, `templates are not read; write the value in place of ${found}`);
  return undefined;
}

function placeOfName({ node }: DeclaredHost): YamlNode {
  return { ...node, place: node.keyPlace };
}
