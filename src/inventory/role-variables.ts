/**
 * Variables of the popular WireGuard roles (githubixx.ansible_role_wireguard,
 * mawalu.wireguard_private_networking) that would change the mesh and that wgpush does not follow.
 *
 * Addresses, endpoints, ports and keepalives are read like our own (see variable-names.ts); whatever
 * says how a role does its work is let go; and a value that wants what wgpush does anyway is none.
 */
import { address, single } from '../model/address';
import { type DeclaredHost, variableOf } from './groups';
import type { Mesh } from './mesh-file';
import type { Reading } from './reading';
import { shown } from './wording';
import { entries, isMapping, items, problemAt, textOf, type YamlNode } from './yaml-node';

const hooks = 'wgpush runs no hooks of wg-quick; write a role of your own for it';
const interfaceOfAll = 'the interface is network.interface in mesh.yaml, the same for all hosts';
const externals = 'write them as external_peers in mesh.yaml';

const rightOnes: ReadonlyMap<string, string> = new Map([
  ['wireguard_additional_peers', externals],
  ['wireguard_allowed_ips', 'what a host may send from is its own addresses, computed for it'],
  ['wireguard_dns', 'wgpush leaves name servers alone; leave it out'],
  ['wireguard_fwmark', 'wgpush marks no packets; leave it out'],
  ['wireguard_interface', interfaceOfAll],
  ['wireguard_mtu', 'the MTU is network.mtu in mesh.yaml, the same for all hosts'],
  ['wireguard_network_name', interfaceOfAll],
  ['wireguard_post_down', hooks],
  ['wireguard_post_up', hooks],
  ['wireguard_postdown', hooks],
  ['wireguard_postup', hooks],
  ['wireguard_predown', hooks],
  ['wireguard_preup', hooks],
  ['wireguard_private_key', 'a private key is made on its own host and never leaves it'],
  ['wireguard_save_config', 'the file is written by wgpush, and by nobody else'],
  ['wireguard_table', 'routes are in the main table; leave it out'],
  ['wireguard_unmanaged_peers', externals],
]);

export function* checkRoleVariables(host: DeclaredHost, mesh: Mesh): Reading<void> {
  for (const [name, right] of rightOnes) {
    const node = variableOf(host, name);
    if (node === undefined || isNothing(node) || isAnyway(name, node, mesh)) continue;
    yield problemAt(node, `${shown(name)} is not supported: ${right}`, { at: 'key' });
  }
}

function isNothing(node: YamlNode): boolean {
  const { value } = node;
  if (isMapping(value)) return entries(node).length === 0;
  return value === null || value === false || textOf(node) === '' || items(node).length === 0;
}

/** Does it want what wgpush does anyway? */
function isAnyway(name: string, node: YamlNode, mesh: Mesh): boolean {
  switch (name) {
    case 'wireguard_interface':
    case 'wireguard_network_name':
      return node.value === mesh.interface;
    case 'wireguard_mtu':
      return Number(node.value) === mesh.mtu;
    case 'wireguard_save_config':
      return /^(?:no|off|false)$/i.test(textOf(node) ?? '');
    case 'wireguard_allowed_ips':
      return items(node).every((item) => (textOf(item) ?? '').split(',').every(isOneAddress));
    default:
      return false;
  }
}

/** `10.50.0.1/32`: the host itself, which is what its peers send to it. */
function isOneAddress(text: string): boolean {
  const [written = ''] = text.trim().split('/');
  const ip = address(written);
  return ip !== undefined && (text.trim() === written || text.trim() === single(ip));
}
