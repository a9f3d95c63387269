/** Does a rule admit what nobody declared (INV-1)? Said also where such rules are left alone. */
import type { OtherFilters } from '../facts/other-filters';
import type { PacketTable } from '../facts/packet-table';
import type { Check } from '../model/check';
import { firewallArgs, type FirewallArgs, firewallFacts } from './firewall';
import { resource } from './resource';
import { undeclaredUfwRules } from './ufw';
import { foreignAdmissions } from './ufw-admissions';

export const undeclaredRules = resource({
  kind: 'undeclared-rules',
  serves: 'INV-1',
  args: firewallArgs,
  facts: firewallFacts,
  *judge({ backend, policy }: FirewallArgs, { fileRules, table, others, ...found }, host) {
    const files = { 4: found.file4, 6: found.file6 };
    const running = { 4: found.running4, 6: found.running6 };
    const ufw = { settings: found.settings, files, running };
    const admitting =
      backend === 'ufw'
        ? [...undeclaredUfwRules(policy, ufw), ...foreignAdmissions({ files: fileRules, running })]
        : tableLines(table);
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

/** Lines that the kernel has and the file has not. */
function tableLines({ live, loaded }: PacketTable): readonly string[] {
  const wanted = new Set(loaded?.split('\n'));
  return (live?.split('\n') ?? []).filter((line) => !wanted.has(line)).map((line) => line.trim());
}

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
  return { ...check, status, evidence: found.join('; ') };
}
