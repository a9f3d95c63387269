/**
 * Loads and compiles one large inventory, and prints what it took as a line of JSON. `bench/compile`
 * runs it in a process of its own for each size.
 *
 * usage: compile-fleet full-mesh|hub-and-spoke HOSTS
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadInventory } from '../src/inventory/load';
import { allocate } from '../src/model/allocation';
import { publicKey, type PublicKey } from '../src/model/key';
import { withKeys } from '../src/model/lock';
import { compile, questions } from '../src/plan/task';
import { meshIn, references, type Wanted } from '../src/plan/values';
import { resources } from '../src/resources/closed-set';

const [kind = 'full-mesh', size = '1000'] = process.argv.slice(2);
const today = '2026-06-15';

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'wgpush-bench-'));
  writeInventory(directory, Number(size));
  const start = performance.now();
  const roles = join(process.cwd(), 'roles');
  const loaded = await loadInventory(directory, directory, resources, references, today, {
    builtInRoles: roles,
  });
  rmSync(directory, { recursive: true });
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems.slice(0, 3)));
  const isLoaded = performance.now();

  const { inventory } = loaded;
  const { lock } = allocate(inventory, loaded.lock, today);
  const keys = new Map([...lock.hosts.keys()].map((name, index) => [name, keyOf(index)]));
  const wanted: Wanted = { inventory, lock: withKeys(lock, keys), keysToCome: new Set(), today };
  const mesh = meshIn(wanted);
  const isMeshed = performance.now();

  // Everything that a drift run holds before the first host has answered.
  const scripts = inventory.hosts.map((host) => questions(compile(host, loaded.roles, wanted)));
  const isCompiled = performance.now();

  const edges = [...mesh.values()].reduce((sum, { peers }) => sum + peers.length, 0);
  const figures = {
    kind,
    hosts: scripts.length,
    edges,
    loadMs: isLoaded - start,
    meshMs: isMeshed - isLoaded,
    compileMs: isCompiled - isMeshed,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

function writeInventory(directory: string, count: number): void {
  const hosts = Array.from({ length: count }, (_, index) => {
    const address = `203.${String(index >> 16)}.${String((index >> 8) & 255)}.${String(index & 255)}`;
    return `    host-${String(index).padStart(5, '0')}: { ansible_host: ${address} }\n`;
  });
  writeFileSync(join(directory, 'hosts.yaml'), `all:\n  hosts:\n${hosts.join('')}`);
  const isFull = kind === 'full-mesh';
  const topology = isFull ? kind : `{ kind: ${kind}, hubs: [host-00000, host-00001] }`;
  writeFileSync(
    join(directory, 'mesh.yaml'),
    `network: { subnets: [10.50.0.0/16, 'fd50::/64'] }\ntopology: ${topology}\n`,
  );
}

/** Any 32 bytes: whether a handshake comes about is not the question here. */
function keyOf(index: number): PublicKey {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32BE(index + 1);
  const key = publicKey(bytes.toString('base64'));
  if (key === undefined) throw new Error('32 bytes are a key');
  return key;
}

void main();
