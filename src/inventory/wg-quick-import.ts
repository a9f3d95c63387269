/**
 * wg-quick(8) configurations, one a host, to an inventory.
 *
 * Which host a [Peer] is, its addresses tell, or the name in a comment; its public key then goes
 * into the lock, so that the host stays who it is. Private keys are not looked at. What is yielded
 * is what is not carried over; it hinders nothing.
 */
import { stringify } from 'yaml';
import { contains, single, type Subnet, withPort } from '../model/address';
import type { PublicKey } from '../model/key';
import type { Identity } from '../model/lock';
import { commonest, type Imported, impliedSubnets } from './imported';
import { isPlainName } from './names';
import { each, type Reading } from './reading';
import {
  type AllowedIp,
  type HostConfig,
  type OwnHost,
  type Peer,
  readHost,
  standardPort,
} from './wg-quick-host';
import { centreOf, checkWhole, hostsByPeer, relayOf, topologyOf } from './wg-quick-topology';
import { shown } from './wording';
import { problemAt } from './yaml-node';

export function* importWgQuick(configs: readonly HostConfig[]): Reading<Imported> {
  const hosts = yield* each(configs, readHost);
  const hostByPeer = hostsByPeer(hosts);
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
  const taken = new Set(hosts.map(({ name }) => name));
  const externals = yield* externalsOf(unknown, subnets, taken);
  return {
    hosts: stringify({ all: { hosts: written } }, { lineWidth: 0 }),
    mesh: {
      network: {
        subnets: subnets.map(({ text }) => text),
        listen_port: port,
        ...(mtu === undefined ? {} : { mtu }),
      },
      topology: topologyOf(star, relayOf(hosts, about)),
      ...(Object.keys(externals).length === 0 ? {} : { external_peers: externals }),
    },
    lock: { hosts: identities, retired: new Map() },
  };
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
