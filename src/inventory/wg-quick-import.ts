/**
 * wg-quick(8) configurations, one a host, to an inventory.
 *
 * Which host a [Peer] is, its addresses tell, or the name in a comment; its public key then goes
 * into the lock, so that the host stays who it is. Private keys are not looked at. What is yielded
 * is what is not carried over; it hinders nothing.
 */
import { stringify } from 'yaml';
import { type Address, contains, single, type Subnet, subnet, withPort } from '../model/address';
import { publicKey, type PublicKey } from '../model/key';
import type { Identity } from '../model/lock';
import { readEndpoint, readSeconds } from './host-variables';
import {
  commonest,
  type Imported,
  impliedSubnets,
  type WrittenAddress,
  writtenAddress,
} from './imported';
import { isPlainName } from './names';
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

interface OwnHost {
  readonly name: string;
  readonly node: YamlNode;
  readonly addresses: readonly WrittenAddress[];
  readonly listenPort: number | undefined;
  readonly mtu: number | undefined;
  readonly peers: readonly Peer[];
}

/** A [Peer] section. */
interface Peer {
  readonly node: YamlNode;
  readonly name: string | undefined;
  readonly key: PublicKey | undefined;
  readonly allowed: readonly AllowedIp[];
  readonly endpoint: { readonly host: string; readonly port: number } | undefined;
  readonly keepalive: number | undefined;
}

interface AllowedIp {
  readonly address: Address;
  readonly subnet: Subnet;
}

const standardPort = 51_820;

export function* importWgQuick(configs: readonly HostConfig[]): Reading<Imported> {
  const hosts = yield* each(configs, readHost);
  const owners = new Map(
    hosts.flatMap(({ name, addresses }) => addresses.map(({ ip }) => [ip, name] as const)),
  );
  const names = new Set(hosts.map(({ name }) => name));
  const hostOf = ({ allowed, name }: Peer): string | undefined =>
    allowed.map(({ address }) => owners.get(address)).find((owner) => owner !== undefined) ??
    (name !== undefined && names.has(name) ? name : undefined);
  const known = hosts.flatMap(({ peers }) => peers.map((peer) => ({ peer, host: hostOf(peer) })));
  const last = lastOne(hosts, known);
  const hostByPeer = new Map(
    known.map(({ peer, host }) => [
      peer,
      host ?? (last?.key === peer.key ? last?.host : undefined),
    ]),
  );
  const about = new Map(hosts.map(({ name }): [string, Peer[]] => [name, []]));
  for (const [peer, host] of hostByPeer) about.get(host ?? '')?.push(peer);
  const star = centreOf(hosts, hostByPeer);

  const subnets = impliedSubnets(hosts.flatMap(({ addresses }) => addresses));
  const port = commonest(hosts.flatMap(({ listenPort }) => listenPort ?? [])) ?? standardPort;
  const mtu = commonest(hosts.flatMap((host) => host.mtu ?? []));
  const logins = new Map<string, string>();
  const written: Record<string, unknown> = {};
  const identities = new Map<string, Identity>();
  for (const host of hosts) {
    const peers = about.get(host.name) ?? [];
    written[host.name] = yield* variablesOf(host, peers, { port, mtu, logins });
    const key = yield* keyOf(host, peers, subnets);
    const addresses = subnets.flatMap(
      (net) => host.addresses.find(({ ip }) => contains(net, ip))?.ip ?? [],
    );
    identities.set(host.name, { addresses, publicKey: key });
    if (star === undefined) {
      yield* checkWhole(host, hosts, new Set(host.peers.map((peer) => hostByPeer.get(peer))));
    }
  }
  const unknown = [...hostByPeer].flatMap(([peer, host]) => (host === undefined ? peer : []));
  const externals = yield* externalsOf(unknown, subnets, names);
  return {
    hosts: stringify({ all: { hosts: written } }, { lineWidth: 0 }),
    mesh: {
      network: {
        subnets: subnets.map(({ text }) => text),
        listen_port: port,
        ...(mtu === undefined ? {} : { mtu }),
      },
      topology: topologyOf(star, relay(hosts, about)),
      ...(Object.keys(externals).length === 0 ? {} : { external_peers: externals }),
    },
    lock: { hosts: identities, retired: new Map() },
  };
}

interface KnownPeer {
  readonly peer: Peer;
  /** Undefined where neither an address nor a name tells. */
  readonly host: string | undefined;
}

/**
 * A hub whose spokes send it the whole network has no address of its own in their files: it is the
 * one host that is left, if one key is left.
 */
function lastOne(
  hosts: readonly OwnHost[],
  peers: readonly KnownPeer[],
): { readonly host: string; readonly key: PublicKey } | undefined {
  const found = new Set(peers.map(({ host }) => host));
  const [host, ...others] = hosts.filter(({ name }) => !found.has(name));
  const isWide = ({ allowed }: Peer) =>
    allowed.every(({ address, subnet: net }) => net.text !== single(address));
  const keys = new Set(
    peers.flatMap(({ peer, host: known }) =>
      known === undefined && isWide(peer) ? (peer.key ?? []) : [],
    ),
  );
  const [key] = keys;
  if (host === undefined || others.length > 0 || key === undefined || keys.size > 1)
    return undefined;
  return { host: host.name, key };
}

/** The host that is the only peer of all others; undefined where there is none. */
function centreOf(
  hosts: readonly OwnHost[],
  hostByPeer: ReadonlyMap<Peer, string | undefined>,
): string | undefined {
  if (hosts.length < 3) return undefined;
  const peersOf = (host: OwnHost) => host.peers.map((peer) => hostByPeer.get(peer));
  return hosts.find(({ name }) =>
    hosts.every((other) => other.name === name || peersOf(other).every((peer) => peer === name)),
  )?.name;
}

/** The host that others can send to and that has the most peers: it can relay for those behind NAT. */
function relay(
  hosts: readonly OwnHost[],
  about: ReadonlyMap<string, readonly Peer[]>,
): string | undefined {
  const open = hosts.filter(({ name }) =>
    about.get(name)?.some(({ endpoint }) => endpoint !== undefined),
  );
  return open.toSorted((one, other) => other.peers.length - one.peers.length)[0]?.name;
}

function topologyOf(star: string | undefined, hub: string | undefined): unknown {
  if (star !== undefined) return { kind: 'hub-and-spoke', hubs: [star] };
  return hub === undefined ? 'full-mesh' : { kind: 'full-mesh', hubs: [hub] };
}

const interfaceKeys = ['address', 'listenport', 'mtu', 'privatekey', '#name'];
const peerKeys = ['publickey', 'allowedips', 'endpoint', 'persistentkeepalive', '#name'];

function* readHost({ host, root }: HostConfig): Reading<OwnHost> {
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

function* variablesOf(
  host: OwnHost,
  about: readonly Peer[],
  network: {
    readonly port: number;
    readonly mtu: number | undefined;
    readonly logins: Map<string, string>;
  },
): Reading<Readonly<Record<string, unknown>>> {
  const { port, mtu, logins } = network;
  const listenPort = host.listenPort ?? port;
  const [endpoint] = about.flatMap((peer) => peer.endpoint ?? []);
  for (const { endpoint: other, node } of about) {
    if (other === undefined || endpoint === undefined) continue;
    const [one, two] = [endpoint, other].map((each) => withPort(each.host, each.port));
    if (one === two) continue;
    yield problemAt(
      node,
      `host ${shown(host.name)} has the endpoint ${shown(one ?? '')} elsewhere`,
    );
  }
  if (host.mtu !== mtu && mtu !== undefined) {
    yield problemAt(host.node, `the MTU of all hosts is ${String(mtu)} now`);
  }
  const taken = endpoint === undefined ? undefined : logins.get(endpoint.host);
  if (endpoint === undefined || taken !== undefined) {
    const why =
      taken === undefined
        ? 'nobody has an endpoint for it'
        : `host ${shown(taken)} has the same address`;
    yield problemAt(host.node, `say how to log in to ${shown(host.name)} in ansible_host: ${why}`);
  } else {
    logins.set(endpoint.host, host.name);
  }
  const hasLogin = endpoint !== undefined && taken === undefined;
  const isStandard = hasLogin && endpoint.port === listenPort;
  const addresses = host.addresses.map(({ ip }) => ip);
  const keepalive = host.peers
    .map((peer) => peer.keepalive)
    .find((seconds) => seconds !== undefined);
  return {
    ...(hasLogin ? { ansible_host: endpoint.host } : {}),
    ...(addresses.length === 0
      ? {}
      : { wg_address: addresses.length === 1 ? addresses[0] : addresses }),
    ...(isStandard
      ? {}
      : { wg_endpoint: endpoint === undefined ? 'none' : withPort(endpoint.host, endpoint.port) }),
    ...(listenPort === port ? {} : { wg_listen_port: listenPort }),
    ...(keepalive === undefined ? {} : { wg_persistent_keepalive: keepalive }),
  };
}

/** What the others know the host by, if they agree. */
function* keyOf(
  host: OwnHost,
  about: readonly Peer[],
  subnets: readonly Subnet[],
): Reading<PublicKey | undefined> {
  const first = about.find(({ key }) => key !== undefined);
  if (first === undefined) {
    const later = 'the first apply asks the host';
    yield problemAt(host.node, `no file has the public key of ${shown(host.name)}; ${later}`);
    return undefined;
  }
  for (const { key, node, allowed } of about) {
    if (key !== undefined && key !== first.key) {
      const message = `host ${shown(host.name)} has another public key elsewhere; the first is taken`;
      yield problemAt(node, message);
    }
    const others = allowed.filter(
      ({ subnet: net }) => !subnets.some((own) => contains(own, net.address)),
    );
    if (others.length === 0) continue;
    const texts = others.map((one) => one.subnet.text).join(', ');
    const message = `networks behind a host are not carried over: ${texts} of ${shown(host.name)}`;
    yield problemAt(node, message);
  }
  return first.key;
}

/** The inventory's topology is a full mesh; these files may have been something else. */
function* checkWhole(
  host: OwnHost,
  hosts: readonly OwnHost[],
  peers: ReadonlySet<string | undefined>,
): Reading<void> {
  const without = hosts.filter(({ name }) => name !== host.name && !peers.has(name));
  if (without.length === 0) return;
  const names = without.slice(0, 5).map(({ name }) => shown(name));
  const more = without.length > 5 ? ', …' : '';
  const message = `host ${shown(host.name)} has no peer ${names.join(', ')}${more} here`;
  yield problemAt(host.node, `${message}; in a full mesh it will: see topology in mesh.yaml`);
}

/** Peers that have no file: wgpush can't manage them, and keeps their place in the network. */
function* externalsOf(
  peers: readonly Peer[],
  subnets: readonly Subnet[],
  taken: ReadonlySet<string>,
): Reading<Readonly<Record<string, unknown>>> {
  const externals = new Map<string, unknown>();
  const known = new Set<PublicKey>();
  for (const { key, name, allowed, endpoint, node } of peers) {
    if (key === undefined || known.has(key)) continue;
    known.add(key);
    const isOwn = ({ address, subnet: net }: AllowedIp) =>
      single(address) === net.text && subnets.some((each) => contains(each, address));
    if (!allowed.some(isOwn)) {
      const message = 'this peer has no file and no address of its own in the network';
      yield problemAt(node, `${message}; it is left out`);
      continue;
    }
    const isFree = name !== undefined && isPlainName(name) && !taken.has(name);
    const called = isFree && !externals.has(name) ? name : `peer-${String(externals.size + 1)}`;
    externals.set(called, {
      public_key: key,
      allowed_ips: allowed.map((one) => one.subnet.text),
      ...(endpoint === undefined ? {} : { endpoint: withPort(endpoint.host, endpoint.port) }),
    });
    yield problemAt(node, `this peer has no file; it is the external peer ${shown(called)} now`);
  }
  return Object.fromEntries(externals);
}

function found(node: YamlNode): string {
  return shown(textOf(node) ?? '');
}
