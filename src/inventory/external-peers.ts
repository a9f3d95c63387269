/** The external peers in mesh.yaml: who takes part in the network, and is not managed. */
import { address, type Address, contains, single, type Subnet, subnet } from '../model/address';
import type { ExternalPeer } from '../model/external-peer';
import { keepaliveBehindNat, readEndpoint, readSeconds, type Written } from './host-variables';
import { checkName } from './names';
import { readPublicKey } from './public-key';
import { each, type Reading } from './reading';
import { type DeclaredSubnet, readSubnet } from './subnets';
import type { Targets } from './targets';
import { shown } from './wording';
import { child, entries, items, problemAt, textOf, type YamlNode } from './yaml-node';

/** An external peer, and where what may collide with others is written. */
export interface LocatedExternal {
  readonly peer: ExternalPeer;
  readonly node: YamlNode;
  readonly key: YamlNode | undefined;
  readonly hub: Written<string> | undefined;
  readonly addresses: readonly Written<Address>[];
  readonly networks: readonly Written<Subnet>[];
}

export function* readExternals(
  node: YamlNode | undefined,
  subnets: readonly DeclaredSubnet[],
  listenPort: number,
): Reading<readonly LocatedExternal[]> {
  const read = yield* each(entries(node), ([name, value]) =>
    readExternal(name, value, subnets, listenPort),
  );
  return read.toSorted((one, other) => (one.peer.name < other.peer.name ? -1 : 1));
}

/** What links and `from` may name: external peers as if they were hosts. */
export function withExternals(
  targets: Targets | undefined,
  externals: readonly LocatedExternal[],
): Targets | undefined {
  if (targets === undefined) return undefined;
  const names = externals.map(({ peer }) => peer.name);
  return { hosts: new Set([...targets.hosts, ...names]), groups: targets.groups };
}

function* readExternal(
  name: string,
  node: YamlNode,
  subnets: readonly DeclaredSubnet[],
  listenPort: number,
): Reading<LocatedExternal | undefined> {
  yield* checkName('external peer', name, node);
  const key = child(node, 'public_key');
  const read = yield* readPublicKey(key);
  const written = items(child(node, 'allowed_ips'));
  const allowed = yield* each(written, readAllowed);
  const inside = ({ value }: Written<Subnet>) =>
    isSingle(value) && subnets.some((each) => contains(each.subnet, value.address));
  const addresses = allowed.filter(inside).map((one) => ({ ...one, value: one.value.address }));
  const networks = allowed.filter((one) => !inside(one));
  const isWhole = written.length > 0 && written.length === allowed.length;
  if (addresses.length === 0 && subnets.length > 0 && isWhole) {
    const texts = subnets.map((each) => each.subnet.text).join(' or ');
    const message = `external peer ${shown(name)} has no address of its own in allowed_ips: one in ${texts}`;
    yield problemAt(node, message, { at: 'key' });
  }
  const place = child(node, 'endpoint');
  const endpoint = place === undefined ? undefined : yield* readEndpoint(place, listenPort);
  const standard = endpoint === undefined ? keepaliveBehindNat : undefined;
  const seconds = child(node, 'persistent_keepalive');
  const hub = child(node, 'hub');
  const hubName = textOf(hub);
  if (read === undefined) return undefined;
  const peer: ExternalPeer = {
    name,
    owner: textOf(child(node, 'owner')),
    publicKey: read,
    addresses: addresses.map(({ value }) => value),
    networks: networks.map(({ value }) => value),
    endpoint: endpoint?.value,
    persistentKeepalive: seconds === undefined ? standard : yield* readSeconds(seconds, standard),
    hub: hubName,
  };
  return {
    ...{ peer, node, key, addresses, networks },
    hub: hub === undefined || hubName === undefined ? undefined : { value: hubName, node: hub },
  };
}

function* readAllowed(node: YamlNode): Reading<Written<Subnet> | undefined> {
  const text = textOf(node);
  if (text === undefined) return undefined;
  const ip = address(text);
  const value = ip === undefined ? yield* readSubnet(node) : subnet(single(ip));
  return value === undefined ? undefined : { value, node };
}

function isSingle({ text, address: ip }: Subnet): boolean {
  return text === single(ip);
}
