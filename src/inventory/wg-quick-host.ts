/**
 * One host's wg-quick(8) configuration: what an import understands of it. What has no counterpart
 * here is yielded, so that nobody believes that it came along.
 */
import { type Address, single, type Subnet, subnet } from '../model/address';
import { publicKey, type PublicKey } from '../model/key';
import { readEndpoint, readSeconds } from './host-variables';
import { type WrittenAddress, writtenAddress } from './imported';
import { readPort } from './ports';
import { each, type Reading } from './reading';
import { peersIn } from './wg-quick-file';
import { shown } from './wording';
import { child, entries, items, problemAt, textOf, type YamlNode } from './yaml-node';

/** A configuration, and the host whose it is. */
export interface HostConfig {
  readonly host: string;
  readonly root: YamlNode;
}

/** What its configuration says. */
export interface OwnHost {
  readonly name: string;
  readonly node: YamlNode;
  readonly addresses: readonly WrittenAddress[];
  readonly listenPort: number | undefined;
  readonly mtu: number | undefined;
  readonly peers: readonly Peer[];
}

/** A [Peer] section. */
export interface Peer {
  readonly node: YamlNode;
  readonly name: string | undefined;
  readonly key: PublicKey | undefined;
  readonly allowed: readonly AllowedIp[];
  readonly endpoint: { readonly host: string; readonly port: number } | undefined;
  readonly keepalive: number | undefined;
}

export interface AllowedIp {
  readonly address: Address;
  readonly subnet: Subnet;
}

/** Where neither an interface nor an endpoint says another. */
export const standardPort = 51_820;

const interfaceKeys = ['address', 'listenport', 'mtu', 'privatekey', '#name'];
const peerKeys = ['publickey', 'allowedips', 'endpoint', 'persistentkeepalive', '#name'];

export function* readHost({ host, root }: HostConfig): Reading<OwnHost> {
  const section = child(root, 'interface');
  yield* checkKeys(section, interfaceKeys);
  const addresses = yield* each(items(child(section, 'address')), function* (node) {
    const read = writtenAddress(textOf(node) ?? '');
    if (read === undefined) yield problemAt(node, `${found(node)} is no address; it is left out`);
    return read;
  });
  if (addresses.length === 0) {
    yield problemAt(root, `host ${shown(host)} has no Address here; it gets one`);
  }
  return {
    name: host,
    node: root,
    addresses,
    listenPort: yield* readNumber(child(section, 'listenport'), readPort),
    mtu: yield* readNumber(child(section, 'mtu'), readMtu),
    peers: yield* each(peersIn(root), readPeer),
  };
}

function* readMtu(node: YamlNode): Reading<number | undefined> {
  if (/^\d{4}$/.test(textOf(node) ?? '')) return Number(textOf(node));
  yield problemAt(node, `${found(node)} is no MTU; it is left out`);
  return undefined;
}

function* readPeer(node: YamlNode): Reading<Peer> {
  yield* checkKeys(node, peerKeys);
  const [keyNode] = items(child(node, 'publickey'));
  const key = publicKey(textOf(keyNode) ?? '');
  if (key === undefined) yield problemAt(node, 'this peer has no PublicKey that can be read');
  const allowed = yield* each(items(child(node, 'allowedips')), function* (item) {
    const text = textOf(item) ?? '';
    const read = writtenAddress(text);
    const net =
      read === undefined ? undefined : subnet(text.includes('/') ? text : single(read.ip));
    if (read !== undefined && net !== undefined) return { address: read.ip, subnet: net };
    if (text !== '') yield problemAt(item, `${found(item)} is no subnet; it is left out`);
    return undefined;
  });
  const [endpoint] = items(child(node, 'endpoint'));
  return {
    node,
    name: textOf(child(node, '#name')),
    key,
    allowed,
    endpoint:
      endpoint === undefined ? undefined : (yield* readEndpoint(endpoint, standardPort))?.value,
    keepalive: yield* readNumber(child(node, 'persistentkeepalive'), (item) =>
      readSeconds(item, undefined),
    ),
  };
}

/** What has no counterpart here is named, so that nobody believes that it came along. */
function* checkKeys(section: YamlNode | undefined, known: readonly string[]): Reading<void> {
  for (const [key, node] of entries(section)) {
    if (known.includes(key)) continue;
    const why = reasons[key] ?? 'wgpush has nothing like it';
    yield problemAt(node, `${wordOf(key)} is not carried over: ${why}`, { at: 'key' });
  }
}

const reasons: Readonly<Record<string, string>> = {
  presharedkey: 'the pair connects without a preshared key',
  saveconfig: 'wgpush writes the configuration, whole',
  dns: 'wgpush leaves the resolver alone',
};

/** The settings of wg-quick(8) as its manual writes them. */
const words = [
  ...['DNS', 'Table', 'FwMark', 'SaveConfig', 'PreUp', 'PostUp', 'PreDown', 'PostDown'],
  'PresharedKey',
];

function wordOf(key: string): string {
  return shown(words.find((word) => word.toLowerCase() === key) ?? key);
}

function* readNumber(
  node: YamlNode | undefined,
  read: (node: YamlNode) => Reading<number | undefined>,
): Reading<number | undefined> {
  const [first] = items(node);
  return first === undefined ? undefined : yield* read(first);
}

function found(node: YamlNode): string {
  return shown(textOf(node) ?? '');
}
