/** The WireGuard variables of a host: read, checked, and with their defaults. */
import { type Address, address, bits, familyOf } from '../model/address';
import type { Endpoint } from '../model/host';
import { find } from './counting-variable';
import { writtenEndpoint } from './endpoint';
import type { DeclaredHost } from './groups';
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
  if (node === undefined || node.value === null || typeof node.value === 'object') return undefined;
  // To Ansible, an `off` without quotes is false.
  if (node.value === 'off' || node.value === false) return undefined;
  const seconds = /^\d{1,5}$/.test(String(node.value)) ? Number(node.value) : Number.NaN;
  if (seconds <= 65_535) return seconds === 0 ? undefined : seconds;
  yield problemAt(node, `a keepalive is 0 to 65535 seconds; found ${described(node)}`);
  return undefined;
}

/** The name that the lock may know the host by. */
export function* readFormerly(host: DeclaredHost): Reading<Written<string> | undefined> {
  const node = yield* find(host, namesOf.formerly);
  const value = textOf(node);
  return node === undefined || value === undefined ? undefined : { value, node };
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
