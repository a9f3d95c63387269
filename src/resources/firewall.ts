/**
 * The firewall policy on a host: one value, carried out by ufw or by nftables.
 *
 * What replaces something comes before what it replaces, so there is no moment without a firewall, and
 * none in which two of them disagree about the operator's own path.
 */
import { outerBridges } from '../facts/bridges';
import { otherFilters } from '../facts/other-filters';
import { packetFilter } from '../facts/packet-filter';
import { packetTable } from '../facts/packet-table';
import { sshPath } from '../facts/ssh-path';
import { textFile } from '../facts/text-file';
import { ufwFileRules } from '../facts/ufw-rules-files';
import { ufwSettings } from '../facts/ufw-settings';
import type { FirewallPolicy } from '../model/firewall-policy';
import type { Backend, UnmanagedRules } from '../model/inventory';
import { refuseToLockOut } from './lock-out';
import { otherFirewallChanges } from './other-firewalls';
import { tableChanges, tableFile, tableName } from './packet-table';
import { resource } from './resource';
import { ufwChanges, ufwFiles, ufwFound, ufwRetirement } from './ufw';
import { admissionChanges } from './ufw-admissions';
import { parseUfwRules } from './ufw-rules';

export interface FirewallArgs {
  readonly backend: Backend;
  readonly policy: FirewallPolicy;
  /** The WireGuard interface: what comes in there has been authenticated. */
  readonly interface: string;
  readonly unmanaged_rules: UnmanagedRules;
}

export const firewallArgs = {
  type: 'object',
  required: ['backend', 'policy', 'interface', 'unmanaged_rules'],
  additionalProperties: false,
  properties: {
    backend: { enum: ['ufw', 'nftables'], description: 'What carries the policy out.' },
    policy: { type: 'object', description: 'The policy; only a reference can give it.' },
    interface: { type: 'string', description: 'The WireGuard interface.' },
    unmanaged_rules: {
      enum: ['remove', 'report'],
      description: 'What becomes of rules that nobody declared.',
    },
  },
};

/** What is asked of a host about its firewalls, whichever of them is to be in force. */
export function firewallFacts() {
  return {
    settings: ufwSettings(),
    file4: textFile(ufwFiles[4]),
    file6: textFile(ufwFiles[6]),
    running4: packetFilter(4),
    running6: packetFilter(6),
    path: sshPath(),
    fileRules: ufwFileRules(),
    table: packetTable(tableFile, tableName),
    bridges: outerBridges(),
    others: otherFilters(tableName),
  };
}

export const firewall = resource({
  kind: 'firewall',
  args: firewallArgs,
  facts: firewallFacts,
  undo: () => ({
    paths: [
      ...['/etc/ufw', '/etc/default/ufw', '/etc/wgpush', '/etc/nftables.conf'],
      '/etc/systemd/system/wgpush-firewall.service',
    ],
    units: ['ufw.service', 'nftables.service', 'wgpush-firewall.service'],
  }),
  *diff(args: FirewallArgs, { path, fileRules, table, bridges, others, ...found }) {
    const { backend, policy, interface: wg, unmanaged_rules } = args;
    const ufw = ufwFound(found);
    const rulesOfToday = ([4, 6] as const).flatMap((family) =>
      parseUfwRules(ufw.files[family] ?? '', family),
    );
    refuseToLockOut(policy, wg, path, rulesOfToday);
    const mayRemove = unmanaged_rules === 'remove';
    if (backend === 'ufw') {
      yield* ufwChanges(policy, ufw, unmanaged_rules);
      if (mayRemove) yield* admissionChanges({ files: fileRules, running: ufw.running });
    }
    yield* tableChanges({ backend, policy, interface: wg, outerBridges: bridges }, table);
    if (backend === 'nftables' && mayRemove) yield* ufwRetirement(ufw);
    if (mayRemove) yield* otherFirewallChanges(backend, others);
  },
});
