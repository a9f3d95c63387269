/** Inventories for tests: small, complete, and the same every time. */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { address, type Address, subnet, type Subnet } from '../../src/model/address';
import type { ExternalPeer } from '../../src/model/external-peer';
import type { Host } from '../../src/model/host';
import type { IgnoreRule } from '../../src/model/ignore-rule';
import type { Exception, Inventory, Service } from '../../src/model/inventory';
import { publicKey, type PublicKey } from '../../src/model/key';
import { allocate } from '../../src/model/allocation';
import { emptyLock, type Lock, withKeys } from '../../src/model/lock';
import { meshOf } from '../../src/model/mesh';
import type { Peer } from '../../src/model/mesh-node';
import { fullMesh } from '../../src/model/topology';

export const today = '2026-06-15';

/** An address that is known to be one. */
export function ip(text: string): Address {
  const found = address(text);
  if (found === undefined) throw new Error(`${text} is no address`);
  return found;
}

export function net(text: string): Subnet {
  const found = subnet(text);
  if (found === undefined) throw new Error(`${text} is no subnet`);
  return found;
}

export function hostNamed(name: string, more: Partial<Host> = {}): Host {
  return {
    name,
    groups: ['all'],
    login: {
      host: `${name}.example.net`,
      port: 22,
      user: 'root',
      identityFile: undefined,
      become: undefined,
      jumps: [],
      alias: `${name}.example.net`,
      open: [],
      settings: undefined,
    },
    endpoints: [{ host: '203.0.113.7', port: 51820 }],
    listenPort: 51820,
    chosenAddresses: [],
    formerly: undefined,
    persistentKeepalive: undefined,
    hub: undefined,
    roles: [],
    ...more,
  };
}

/** With the hosts sorted by name, as the loader sorts them. */
export function inventoryOf(
  hosts: readonly (string | Host)[],
  more: Partial<Inventory> = {},
): Inventory {
  return {
    name: 'test',
    hosts: hosts
      .map((host) => (typeof host === 'string' ? hostNamed(host) : host))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
    externals: [],
    network: {
      interface: 'wg0',
      subnets: [net('10.50.0.0/24'), net('fd50::/64')],
      mtu: 1420,
      quarantineDays: 30,
    },
    topology: fullMesh,
    firewall: { backend: 'ufw', sshSources: 'any', unmanagedRules: 'remove' },
    services: [],
    exceptions: [],
    ignores: [],
    ...more,
  };
}

export function serviceNamed(name: string, more: Partial<Service> = {}): Service {
  return {
    name,
    owner: 'somebody',
    hosts: [],
    ports: [{ first: 5432, last: 5432 }],
    protocol: 'tcp',
    from: 'all',
    bind: 'any',
    loopback: 'allow',
    ...more,
  };
}

export function exceptionNamed(id: string, more: Partial<Exception> = {}): Exception {
  return {
    id,
    hosts: [],
    ports: [{ first: 443, last: 443 }],
    protocol: 'tcp',
    sources: 'any',
    owner: 'web-team',
    approvedBy: 'security',
    reason: 'public entry point',
    expires: '2026-12-31',
    ...more,
  };
}

/** A rule that ignores what SC-2 finds. */
export function ruleNamed(id: string, more: Partial<IgnoreRule> = {}): IgnoreRule {
  return {
    id,
    hosts: [],
    names: { kind: 'checks', id: 'SC-2' },
    match: undefined,
    reason: "the vendor's agent",
    owner: 'web-team',
    expires: '2026-12-31',
    ...more,
  };
}

export function externalNamed(name: string, more: Partial<ExternalPeer> = {}): ExternalPeer {
  return {
    name,
    owner: undefined,
    publicKey: keyOf(name),
    addresses: [],
    networks: [],
    endpoint: undefined,
    persistentKeepalive: undefined,
    hub: undefined,
    ...more,
  };
}

/** An X25519 private key is these bytes, then its own 32 (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** The key that a host has in every test. */
export function keyOf(name: string): PublicKey {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const secret = createHash('sha256').update(name).digest();
  const der = Buffer.concat([pkcs8, secret]);
  const pair = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  const text = pair.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  const key = publicKey(text);
  if (key === undefined) throw new Error('OpenSSL made no key');
  keys.set(name, key);
  return key;
}

const keys = new Map<string, PublicKey>();

/** A lock in which every host has its addresses and, unless left out, its key. */
export function lockOf(
  inventory: Inventory,
  { withoutKey = [] }: { readonly withoutKey?: readonly string[] } = {},
): Lock {
  const { lock } = allocate(inventory, emptyLock, today);
  const known = [...lock.hosts.keys()].filter((name) => !withoutKey.includes(name));
  return withKeys(lock, new Map(known.map((name) => [name, keyOf(name)])));
}

/** The peers of a node in the mesh of this inventory. */
export function peersOf(name: string, inventory: Inventory, lock: Lock): readonly Peer[] {
  return meshOf(inventory, lock).get(name)?.peers ?? [];
}

/** Each peer in one line: `b 203.0.113.7:51820 25 <- 10.50.0.2/32`. */
export function peerLines(name: string, inventory: Inventory): readonly string[] {
  return peersOf(name, inventory, lockOf(inventory)).map(
    ({ host, endpoint, persistentKeepalive, allowedIps }) =>
      [host, endpoint, persistentKeepalive, '<-', ...allowedIps].filter(Boolean).join(' '),
  );
}
