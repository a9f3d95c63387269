/**
 * Does the firewall admit what nobody declared (INV-1)? Said also where such rules are left alone. A
 * firewall that is not in force has no rule too many, and admits everything.
 */
import type { OtherFilters } from '../facts/other-filters';
import type { Check } from '../model/check';
import { firewallArgs, type FirewallArgs, firewallFacts } from './firewall';
import { undeclaredTableRules } from './packet-table';
import { resource } from './resource';
import { isUfwInForce, undeclaredUfwRules, ufwFound } from './ufw';
import { foreignAdmissions } from './ufw-admissions';

export const undeclaredRules = resource({
  kind: 'undeclared-rules',
  serves: 'INV-1',
  args: firewallArgs,
  facts: firewallFacts,
  *judge(args: FirewallArgs, { fileRules, table, bridges, others, ...found }, host) {
    const { backend, policy } = args;
    const ufw = ufwFound(found);
    const byUfw = [
      ...(isUfwInForce(policy, ufw) ? [] : ['ufw is not in force']),
      ...undeclaredUfwRules(policy, ufw),
      ...foreignAdmissions({ files: fileRules, running: ufw.running }),
    ];
    const admitting = [
      ...(backend === 'ufw' ? byUfw : []),
      ...undeclaredTableRules({ ...args, outerBridges: bridges }, table),
    ];
    const title = `no rule of ${host} admits what nobody declared`;
    yield verdict({ id: 'INV-1', host, title }, admitting, 'fail');
    const isEnabled = found.settings.kind === 'present' && found.settings.isEnabled;
    const beside = [
      ...(backend === 'nftables' && isEnabled ? ['ufw is enabled'] : []),
      ...restrictiveChains(others),
    ];
    const single = `${host} has one firewall`;
    yield verdict({ id: 'INV-1', host, title: single }, beside, 'warn');
  },
});

function restrictiveChains({ chains }: OtherFilters): readonly string[] {
  return chains
    .filter(({ isRestrictive }) => isRestrictive)
    .map(({ family, table, chain }) => `chain ${family} ${table} ${chain} denies by default`);
}

function verdict(
  check: Pick<Check, 'id' | 'host' | 'title'>,
  found: readonly string[],
  status: 'warn' | 'fail',
): Check {
  if (found.length === 0) return { ...check, status: 'pass', evidence: 'none was found' };
  return { ...check, status, evidence: found.join('; '), parts: found };
}
