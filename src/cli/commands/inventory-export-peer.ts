/** `wgpush inventory export-peer NAME`: the configuration for a peer that wgpush does not manage. */
import { suggestion } from '../../inventory/wording';
import { allocate } from '../../model/allocation';
import { meshOf } from '../../model/mesh';
import { externalConfigText } from '../../resources/wireguard-config';
import type { Given, Options } from '../options';
import { printProblems, printText, printWarnings } from '../print';
import { load, type Loaded, today } from '../session';
import { UsageError } from '../usage-error';

/** @throws UsageError where there is no such external peer, or a key is still missing. */
export async function inventoryExportPeer(options: Options, given: Given): Promise<number> {
  const loaded = await load(options);
  if (loaded.kind === 'invalid') return printProblems(loaded.problems);
  printWarnings(loaded.warnings);
  await printText(configurationOf(String(given['name']), loaded));
  return 0;
}

function configurationOf(name: string, { inventory, lock: recorded }: Loaded): string {
  const names = inventory.externals.map((each) => each.name);
  if (!names.includes(name)) throw new UsageError(notExternal(name, names, inventory.hosts));
  const { lock } = allocate(inventory, recorded, today());
  const node = meshOf(inventory, lock).get(name);
  if (node === undefined) throw new Error(`${name} is not in the mesh`);
  const waiting = node.peers.filter(({ publicKey }) => publicKey === undefined);
  if (waiting.length > 0) {
    const hosts = waiting.map(({ host }) => host).join(', ');
    throw new UsageError(`no key is known yet of ${hosts}; apply makes it, export again then`);
  }
  return externalConfigText(node, inventory.network.mtu);
}

function notExternal(
  name: string,
  names: readonly string[],
  hosts: Loaded['inventory']['hosts'],
): string {
  if (hosts.some((host) => host.name === name)) {
    return `"${name}" is a host, and apply writes its configuration; this is for external_peers`;
  }
  if (names.length === 0) return `there is no external peer "${name}": mesh.yaml declares none`;
  return `there is no external peer "${name}"${suggestion(name, names)}`;
}
