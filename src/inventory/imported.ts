/** What an import has understood, and the files of an inventory that say it. */
import { stringify } from 'yaml';
import {
  type Address,
  bits,
  contains,
  familyOf,
  overlap,
  type Subnet,
  subnet,
} from '../model/address';
import { emptyLock, type Lock } from '../model/lock';
import type { Problem } from '../model/problem';
import { parseHosts } from './hosts-source';
import { lockText } from './lock-file';
import { schemaComment, schemaFiles } from './published-schemas';
import { finish } from './reading';
import { readInventory } from './whole-inventory';
import { parseYaml } from './yaml-file';

export interface Imported {
  /** The hosts file, as YAML. */
  readonly hosts: string;
  /** mesh.yaml, as data; a key that is undefined is left out. */
  readonly mesh: Readonly<Record<string, unknown>>;
  readonly lock: Lock;
}

/** The files by their paths in the new directory. */
export function importedFiles({ hosts, mesh, lock }: Imported): ReadonlyMap<string, string> {
  const yaml = (name: string, what: string, text: string): [string, string] => [
    `${name}.yaml`,
    `${schemaComment(name)}#\n# ${what}\n${text}`,
  ];
  const files = [
    yaml('hosts', 'The hosts, as they were imported. Owner: platform operations.', hosts),
    yaml('mesh', 'The network, as it was imported. Owner: platform operations.', stringify(mesh)),
    yaml('services', 'The internal services. Owner: service owners.', 'services:\n'),
    yaml('exceptions', 'The ports that are public on purpose. Owner: security.', 'exceptions:\n'),
  ];
  const locks = lock === emptyLock ? [] : [['wgpush.lock.yaml', lockText(lock)] as const];
  return new Map([...files, ...locks, ...schemaFiles()]);
}

/** What is wrong with the files: an import makes no inventory that would not validate. */
export function mistakesIn(
  files: ReadonlyMap<string, string>,
  directory: string,
  today: string,
): readonly Problem[] {
  const bytes = (name: string) => Buffer.from(files.get(name) ?? '');
  const file = (name: string) => (files.has(name) ? parseYaml(name, bytes(name)) : undefined);
  const texts = {
    hosts: parseHosts('hosts.yaml', bytes('hosts.yaml')),
    mesh: file('mesh.yaml'),
    services: file('services.yaml'),
    exceptions: file('exceptions.yaml'),
    ignores: undefined,
    lock: file('wgpush.lock.yaml'),
  };
  const { problems } = finish(readInventory('imported', texts, directory, today));
  return [...texts.hosts.problems, ...problems];
}

/** An address as somebody wrote it, with the prefix length that tells its subnet. */
export interface WrittenAddress {
  readonly ip: Address;
  /** Undefined where there is none, or where it is that of a single address. */
  readonly prefixLength: number | undefined;
}

/** Reads `10.50.0.1/24`, `10.50.0.1/32` or `10.50.0.1`; undefined where the text is none. */
export function writtenAddress(text: string): WrittenAddress | undefined {
  const around = subnet(text.includes('/') ? text : `${text}/32`) ?? subnet(`${text}/128`);
  const ip = subnet(`${text.split('/')[0] ?? ''}/${text.includes(':') ? '128' : '32'}`)?.address;
  if (around === undefined || ip === undefined) return undefined;
  const isSingle = around.prefixLength === bits(around.family);
  return { ip, prefixLength: isSingle ? undefined : around.prefixLength };
}

/** The subnets that the addresses imply; where none has a prefix length, the smallest around them. */
export function impliedSubnets(addresses: readonly WrittenAddress[]): readonly Subnet[] {
  const written = addresses.flatMap(({ ip, prefixLength }) =>
    prefixLength === undefined ? [] : (subnet(`${ip}/${String(prefixLength)}`) ?? []),
  );
  const found: Subnet[] = [];
  for (const net of written.toSorted((one, other) => one.prefixLength - other.prefixLength)) {
    if (!found.some((wider) => overlap(wider, net))) found.push(net);
  }
  for (const family of [4, 6] as const) {
    const outside = addresses
      .map(({ ip }) => ip)
      .filter((ip) => familyOf(ip) === family && !found.some((net) => contains(net, ip)));
    const around = smallestAround(outside, family === 4 ? 24 : 64);
    if (around !== undefined) found.push(around);
  }
  return found.toSorted((one, other) => one.family - other.family);
}

function smallestAround(addresses: readonly Address[], longest: number): Subnet | undefined {
  const [first] = addresses;
  if (first === undefined) return undefined;
  for (let length = longest; length >= 8; length -= 1) {
    const net = subnet(`${first}/${String(length)}`);
    if (net !== undefined && addresses.every((ip) => contains(net, ip))) return net;
  }
  return undefined;
}

/** What is there most often; of several the first. */
export function commonest<Value>(values: readonly Value[]): Value | undefined {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0];
}
