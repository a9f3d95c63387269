/** The WireGuard variables of a host: read, checked, and with their defaults. */
import { type Address, address, bits, type Family, familyOf } from '../model/address';
import type { Endpoint } from '../model/host';
import { find } from './counting-variable';
import { writtenEndpoint } from './endpoint';
import { type DeclaredHost, variableOf } from './groups';
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

/**
 * Where peers send to: by default where one logs in, at the listen port. `none` is behind NAT; a
 * list has one a family.
 */
export function* readEndpoints(
  host: DeclaredHost,
  login: Written<string>,
  listenPort: number,
): Reading<readonly Written<Endpoint>[]> {
  const standard = { value: { host: login.value, port: listenPort }, node: login.node };
  const node = (yield* find(host, namesOf.endpoint)) ?? (yield* findPublicAddress(host));
  if (node === undefined || node.value === null) return [standard];
  if (textOf(node) === 'none') return [];
  // As githubixx.ansible_role_wireguard has it.
  if (textOf(node) === '' && node === variableOf(host, 'wireguard_endpoint')) return [];
  const written = yield* each(items(node), (item) => readEndpoint(item, listenPort));
  yield* checkFamilies(written);
  return written.length === 0 ? [standard] : written;
}

/** As mawalu.wireguard_private_networking has it; the name alone may be anybody's. */
function* findPublicAddress(host: DeclaredHost): Reading<YamlNode | undefined> {
  if (variableOf(host, 'vpn_ip') === undefined) return undefined;
  return yield* find(host, ['public_addr']);
}

/** A peer can tell two endpoints apart by their families, and by nothing else. */
function* checkFamilies(written: readonly Written<Endpoint>[]): Reading<void> {
  const taken = new Map<Family, Endpoint>();
  for (const { value, node } of written) {
    const ip = address(value.host);
    if (ip === undefined && written.length > 1) {
      const right = 'of several endpoints, each is an address, one IPv4 and one IPv6';
      yield problemAt(node, `${right}; found the name ${shown(value.host)}`);
    }
    if (ip === undefined) continue;
    const family = familyOf(ip);
    const first = taken.get(family);
    if (first !== undefined) {
      const right = `it has one a family, and the first is ${first.host}`;
      yield problemAt(node, `a second IPv${String(family)} endpoint, ${ip}: ${right}`);
    }
    taken.set(family, first ?? value);
  }
}

/** Reads one endpoint; without a port it has the standard one. */
export function* readEndpoint(
  node: YamlNode,
  standardPort: number,
): Reading<Written<Endpoint> | undefined> {
  const text = textOf(node);
  if (text === undefined) return undefined;
  const written = writtenEndpoint(text);
  if (written === undefined) {
    yield problemAt(node, `an endpoint is HOST, HOST:PORT or [V6]:PORT; found ${shown(text)}`);
    return undefined;
  }
  const port =
    written.port === undefined ? standardPort : yield* readPort({ ...node, value: written.port });
  return { value: { host: written.host, port: port ?? standardPort }, node };
}

/** The hub that a spoke hangs on; whether it is one is judged where the hubs are known. */
export function* readHub(host: DeclaredHost): Reading<Written<string> | undefined> {
  const node = yield* find(host, namesOf.hub);
  const value = textOf(node);
  return node === undefined || value === undefined ? undefined : { value, node };
}

/** Seconds; keeps the mapping of most NAT routers alive (wg(8)). */
export const keepaliveBehindNat = 25;

/** Seconds; 0 and `off` are none, as in wg(8). Behind NAT a host has to keep its way in open. */
export function* readKeepalive(
  host: DeclaredHost,
  { isBehindNat }: { readonly isBehindNat: boolean },
): Reading<number | undefined> {
  const node = yield* find(host, namesOf.persistentKeepalive);
  const standard = isBehindNat ? keepaliveBehindNat : undefined;
  return node === undefined ? standard : yield* readSeconds(node, standard);
}

/** Reads a keepalive. */
export function* readSeconds(
  node: YamlNode,
  standard: number | undefined,
): Reading<number | undefined> {
  if (node.value === null || typeof node.value === 'object') return standard;
  // To Ansible, an `off` without quotes is false.
  if (node.value === 'off' || node.value === false) return undefined;
  const seconds = /^\d{1,5}$/.test(String(node.value)) ? Number(node.value) : Number.NaN;
  if (seconds <= 65_535) return seconds === 0 ? undefined : seconds;
  yield problemAt(node, `a keepalive is 0 to 65535 seconds; found ${described(node)}`);
  return standard;
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
