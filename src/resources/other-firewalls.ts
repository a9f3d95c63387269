/**
 * Another firewall beside ours. It can admit nothing that ours denies, but one that denies by default
 * closes what is declared; so it goes, after ours is in force.
 */
import type { FilterChain, OtherFilters } from '../facts/other-filters';
import type { Change } from '../model/change';
import type { Backend } from '../model/inventory';
import { sh } from '../model/shell';

const unit = 'nftables.service';

export function* otherFirewallChanges(
  backend: Backend,
  { chains, isLoadedAtBoot }: OtherFilters,
): Iterable<Change> {
  const restrictive = chains.filter(({ isRestrictive }) => isRestrictive);
  // Its file begins with `flush ruleset`, which takes the rules of ufw and Docker as well.
  if (isLoadedAtBoot && (backend === 'ufw' || restrictive.length > 0)) {
    yield {
      summary: `do not start ${unit} at boot`,
      before: `${unit} is enabled`,
      after: `${unit} is disabled`,
      reason: 'it would put another firewall in the place of this one',
      // Not stopped: that flushes all rules of everybody.
      commands: [sh`systemctl disable ${unit}`],
    };
  }
  if (restrictive.length === 0) return;
  const statements = restrictive.flatMap((each) => [
    `flush chain ${nameOf(each)}`,
    `delete chain ${nameOf(each)}`,
  ]);
  yield {
    summary: `remove another firewall: ${restrictive.map(nameOf).join(', ')}`,
    before: restrictive.map(chainText).join('\n'),
    after: '',
    reason: 'nobody declared it, and it denies by default',
    commands: [sh`printf '%s\n' ${statements} | nft -f -`],
  };
}

export function chainText(each: FilterChain): string {
  return [`chain ${nameOf(each)}`, ...each.rules.map((rule) => `  ${rule}`)].join('\n');
}

function nameOf({ family, table, chain }: FilterChain): string {
  return `${family} ${table} ${chain}`;
}
