/**
 * wgpush.lock.yaml: the lock (see model/lock.ts) as a file that is committed and reviewed.
 *
 * Its text depends on the lock alone, so that a review shows only what changed.
 */
import { stringify } from 'yaml';
import { type Address, address } from '../model/address';
import { publicKey } from '../model/key';
import type { Identity, Lock, Retired } from '../model/lock';
import { isDate } from './date';
import { checkName } from './names';
import { readPublicKey } from './public-key';
import { each, type Reading } from './reading';
import { replaceFile } from './replace-file';
import { checkShape } from './schema';
import schema from './schemas/lock.schema.json';
import { shown } from './wording';
import { child, entries, items, problemAt, textOf, type YamlNode } from './yaml-node';

const opening = `# Who each host is in the WireGuard network: its addresses and its public key.
# Written by wgpush; commit it, and review its changes. A host's key or address that changes here
# is another identity (INV-2).
`;

/** Reads the file; an address or a key of two hosts is a mistake. */
export function* readLock(root: YamlNode): Reading<Lock> {
  yield* checkShape(root, schema);
  const hosts = entries(child(root, 'hosts'));
  const retired = entries(child(root, 'retired'));
  yield* checkOwners([...hosts, ...retired]);
  const present = new Set(hosts.map(([name]) => name));
  for (const [name, node] of retired) {
    if (!present.has(name)) continue;
    yield problemAt(node, `host ${shown(name)} is retired and also present`, { at: 'key' });
  }
  return {
    hosts: new Map(yield* each(hosts, ([name, node]) => readNamed(name, node, readIdentity))),
    retired: new Map(yield* each(retired, ([name, node]) => readNamed(name, node, readRetired))),
  };
}

/** The file's text. */
export function lockText(lock: Lock): string {
  const entry = ({ addresses, publicKey: key }: Identity) => ({
    addresses: [...addresses],
    ...(key === undefined ? {} : { public_key: key }),
  });
  const hosts = sorted(lock.hosts).map(([name, identity]) => [name, entry(identity)] as const);
  const retired = sorted(lock.retired).map(
    ([name, identity]) => [name, { ...entry(identity), since: identity.since }] as const,
  );
  const content = {
    version: 1,
    hosts: new Map(hosts),
    ...(retired.length === 0 ? {} : { retired: new Map(retired) }),
  };
  return opening + stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Replaces the file, whole or not at all: losing it would give hosts new addresses. */
export async function writeLock(file: string, lock: Lock): Promise<void> {
  await replaceFile(file, lockText(lock));
}

function* readNamed<Value>(
  name: string,
  node: YamlNode,
  read: (node: YamlNode) => Reading<Value | undefined>,
): Reading<[string, Value] | undefined> {
  yield* checkName('host', name, node);
  const value = yield* read(node);
  return value === undefined ? undefined : [name, value];
}

function* readRetired(node: YamlNode): Reading<Retired | undefined> {
  const identity = yield* readIdentity(node);
  const since = child(node, 'since');
  const day = textOf(since) ?? '';
  if (since !== undefined && textOf(since) !== undefined && !isDate(day)) {
    yield problemAt(since, `${shown(day)} is not a date such as 2027-03-31`);
  }
  return isDate(day) ? { ...identity, since: day } : undefined;
}

function* readIdentity(node: YamlNode): Reading<Identity> {
  return {
    addresses: yield* each(items(child(node, 'addresses')), readAddress),
    publicKey: yield* readPublicKey(child(node, 'public_key')),
  };
}

function* readAddress(node: YamlNode): Reading<Address | undefined> {
  const text = textOf(node);
  const ip = text === undefined ? undefined : address(text);
  if (ip === undefined && text !== undefined) yield problemAt(node, `${shown(text)} is no address`);
  return ip;
}

/** WireGuard would give an address, or a key, to the peer that comes last, without a word. */
function* checkOwners(hosts: readonly (readonly [string, YamlNode])[]): Reading<void> {
  const owners = new Map<string, string>();
  for (const [name, node] of hosts) {
    const key = child(node, 'public_key');
    for (const item of [...items(child(node, 'addresses')), ...items(key)]) {
      const text = textOf(item) ?? '';
      const value = address(text) ?? publicKey(text);
      if (value === undefined) continue;
      const owner = owners.get(value);
      const what = item === key ? 'this public key' : value;
      if (owner !== undefined) yield problemAt(item, `${what} is already host ${shown(owner)}'s`);
      owners.set(value, name);
    }
  }
}

/** By code unit, whatever the locale. */
function sorted<Value>(map: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
  return [...map].sort(([one], [other]) => (one < other ? -1 : 1));
}
