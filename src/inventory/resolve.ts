/**
 * Endpoints as addresses: names are looked up once, here, because wg-quick(8) would retry a name
 * that does not resolve for ever at boot.
 */
import { lookup } from 'node:dns/promises';
import { type Address, address, familyOf } from '../model/address';
import type { Endpoint } from '../model/host';
import type { Inventory } from '../model/inventory';
import { systemErrorCode } from './system-error';

export interface Resolved {
  readonly inventory: Inventory;
  readonly unresolved: readonly Unresolved[];
}

/** A name that has no address; then its host keeps the name. */
export interface Unresolved {
  readonly host: string;
  readonly name: string;
  readonly message: string;
}

/** Every address of a name; throws where it has none. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** Replaces names in endpoints by addresses. An address costs no lookup. */
export async function resolveEndpoints(
  inventory: Inventory,
  addressesOf: Lookup = systemLookup,
): Promise<Resolved> {
  const nodes = [
    ...inventory.hosts,
    ...inventory.externals.map(({ name, endpoint }) => ({
      name,
      endpoints: endpoint === undefined ? [] : [endpoint],
    })),
  ];
  const names = new Set(
    nodes
      .flatMap(({ endpoints }) => endpoints)
      .map(({ host }) => host)
      .filter((name) => address(name) === undefined),
  );
  const answers = new Map(
    await Promise.all(
      [...names].map(async (name) => [name, await ask(name, addressesOf)] as const),
    ),
  );
  const unresolved = nodes.flatMap(({ name: host, endpoints }) =>
    endpoints.flatMap(({ host: name }) => {
      const answer = answers.get(name);
      return answer?.kind === 'unknown' ? [{ host, name, message: answer.message }] : [];
    }),
  );
  const resolved = (endpoint: Endpoint): Endpoint => {
    const answer = answers.get(endpoint.host);
    return answer?.kind === 'known' ? { ...endpoint, host: answer.address } : endpoint;
  };
  const hosts = inventory.hosts.map((host) => ({
    ...host,
    endpoints: host.endpoints.map(resolved),
  }));
  const externals = inventory.externals.map((peer) => ({
    ...peer,
    endpoint: peer.endpoint === undefined ? undefined : resolved(peer.endpoint),
  }));
  return { inventory: { ...inventory, hosts, externals }, unresolved };
}

type Answer =
  | { readonly kind: 'known'; readonly address: Address }
  | { readonly kind: 'unknown'; readonly message: string };

async function ask(name: string, addressesOf: Lookup): Promise<Answer> {
  try {
    const found = (await addressesOf(name)).flatMap((text) => address(text) ?? []);
    const [first] = found.toSorted(compare);
    if (first !== undefined) return { kind: 'known', address: first };
    return { kind: 'unknown', message: `${name} has no address` };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return { kind: 'unknown', message: `${name} cannot be resolved (${code})` };
  }
}

async function systemLookup(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true });
  return found.map((each) => each.address);
}

/** IPv4 first, then the lowest: DNS answers in any order, and a plan must not depend on it. */
function compare(one: Address, other: Address): number {
  if (familyOf(one) !== familyOf(other)) return familyOf(one) - familyOf(other);
  const [a, b] = [partsOf(one), partsOf(other)];
  const differs = a.findIndex((part, index) => part !== b[index]);
  return differs === -1 ? 0 : (a[differs] ?? 0) - (b[differs] ?? 0);
}

/** Four or eight numbers. */
function partsOf(ip: Address): readonly number[] {
  if (familyOf(ip) === 4) return ip.split('.').map(Number);
  const [head = [], tail = []] = ip
    .split('::')
    .map((half) => half.split(':').filter((part) => part !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((part) => Number.parseInt(part, 16));
}
