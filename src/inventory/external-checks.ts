/**
 * External peers against the network, each other, the hosts and the lock.
 *
 * WireGuard takes AllowedIPs that two peers have without a word, and cuts the earlier one off.
 */
import {
  address,
  type Address,
  contains,
  isReserved,
  overlap,
  type Subnet,
} from '../model/address';
import type { PublicKey } from '../model/key';
import type { Lock } from '../model/lock';
import type { LocatedExternal } from './external-peers';
import type { LocatedHost } from './hosts-file';
import type { Reading } from './reading';
import type { DeclaredSubnet } from './subnets';
import type { Targets } from './targets';
import { shown } from './wording';
import { problemAt, type YamlNode } from './yaml-node';

export function* checkExternals(
  externals: readonly LocatedExternal[],
  hosts: readonly LocatedHost[],
  subnets: readonly DeclaredSubnet[],
  lock: Lock,
  targets: Targets | undefined,
): Reading<void> {
  yield* checkNames(externals, targets);
  yield* checkKeys(externals, lock);
  yield* checkAddresses(externals, hosts, subnets, lock);
  yield* checkNetworks(externals, hosts, subnets);
}

function* checkNames(
  externals: readonly LocatedExternal[],
  targets: Targets | undefined,
): Reading<void> {
  for (const { peer, node } of externals) {
    const isHost = targets?.hosts.has(peer.name) === true;
    if (!isHost && targets?.groups.has(peer.name) !== true) continue;
    const what = isHost ? 'host' : 'group';
    const message = `there is a ${what} ${shown(peer.name)} already; give the external peer another name`;
    yield problemAt(node, message, { at: 'key' });
  }
}

function* checkKeys(externals: readonly LocatedExternal[], lock: Lock): Reading<void> {
  const owners = new Map<PublicKey, string>();
  for (const [name, { publicKey: key }] of [...lock.retired, ...lock.hosts]) {
    if (key !== undefined) owners.set(key, `host ${shown(name)}'s in the lock`);
  }
  for (const { peer, node, key } of externals) {
    const owner = owners.get(peer.publicKey);
    if (owner !== undefined) yield problemAt(key ?? node, `this public key is already ${owner}`);
    else owners.set(peer.publicKey, `external peer ${shown(peer.name)}'s`);
  }
}

function* checkAddresses(
  externals: readonly LocatedExternal[],
  hosts: readonly LocatedHost[],
  subnets: readonly DeclaredSubnet[],
  lock: Lock,
): Reading<void> {
  const owners = new Map<Address, string>();
  for (const [name, { addresses }] of lock.hosts) {
    for (const ip of addresses) owners.set(ip, `host ${shown(name)}'s in the lock`);
  }
  for (const { host } of hosts) {
    for (const ip of host.chosenAddresses) owners.set(ip, `host ${shown(host.name)}'s`);
  }
  for (const { peer, addresses } of externals) {
    for (const { value, node } of addresses) {
      const owner = owners.get(value);
      if (owner !== undefined) yield problemAt(node, `address ${value} is already ${owner}`);
      else owners.set(value, `external peer ${shown(peer.name)}'s`);
      const around = subnets.find(({ subnet: net }) => contains(net, value))?.subnet;
      if (around === undefined || !isReserved(around, value)) continue;
      const which = value === around.address ? 'network' : 'broadcast';
      yield problemAt(
        node,
        `${value} is the ${which} address of ${around.text}; no peer can have it`,
      );
    }
  }
}

function* checkNetworks(
  externals: readonly LocatedExternal[],
  hosts: readonly LocatedHost[],
  subnets: readonly DeclaredSubnet[],
): Reading<void> {
  const earlier: { readonly net: Subnet; readonly owner: string }[] = [];
  for (const { peer, networks } of externals) {
    for (const { value: net, node } of networks) {
      yield* checkNetwork(net, node, hosts, subnets);
      if (net.prefixLength === 0) continue;
      const other = earlier.find((one) => overlap(one.net, net));
      if (other !== undefined) {
        const whose = `${other.net.text} of external peer ${shown(other.owner)}`;
        yield problemAt(
          node,
          `${net.text} overlaps ${whose}; WireGuard sends an address to one peer only`,
        );
      }
      earlier.push({ net, owner: peer.name });
    }
  }
}

function* checkNetwork(
  net: Subnet,
  node: YamlNode,
  hosts: readonly LocatedHost[],
  subnets: readonly DeclaredSubnet[],
): Reading<void> {
  if (net.prefixLength === 0) {
    yield problemAt(
      node,
      `${net.text} would send all traffic through this peer, which is not supported`,
    );
    return;
  }
  const around = subnets.find(({ subnet: own }) => overlap(own, net))?.subnet;
  if (around !== undefined) {
    const right = 'inside it, list single addresses; outside it, other networks';
    yield problemAt(node, `${net.text} overlaps the WireGuard subnet ${around.text}; ${right}`);
  }
  for (const { host } of hosts) {
    const within = host.endpoints.find((endpoint) => {
      const ip = address(endpoint.host);
      return ip !== undefined && contains(net, ip);
    });
    if (within === undefined) continue;
    const whose = `the endpoint ${within.host} of host ${shown(host.name)}`;
    yield problemAt(
      node,
      `${net.text} has ${whose} in it: packets to it would go around in a circle`,
    );
    return;
  }
}
