/**
 * Firewalls beside ours, in nftables: base chains that judge what comes in or is passed on, and are
 * not iptables' own. A packet has to pass all of them, so none can admit what ours denies; but one
 * that denies by default closes what is declared.
 */
import { sh } from '../model/shell';
import { type Fact, UnexpectedAnswer } from './fact';

export interface OtherFilters {
  readonly chains: readonly FilterChain[];
  /** Does nftables.service load /etc/nftables.conf at boot? It begins by flushing all that there is. */
  readonly isLoadedAtBoot: boolean;
}

export interface FilterChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** As nft prints them. */
  readonly rules: readonly string[];
  /** Does it deny what none of its rules admits? */
  readonly isRestrictive: boolean;
}

/** Tables and chains that iptables-nft(8) keeps in nftables. */
const iptablesChains = '^ip6? filter (INPUT|FORWARD)$';

const baseChains = `
$1 == "table" { table = $2 " " $3 }
$1 == "chain" { chain = $2 }
/type filter hook (input|forward) / && table != own && table " " chain !~ iptables { print table, chain }`;

/** @param own the table that is ours, FAMILY NAME. */
export function otherFilters(own: readonly [string, string]): Fact<OtherFilters> {
  return {
    title: 'firewalls beside ours',
    question: sh`if [ -e /etc/systemd/system/sysinit.target.wants/nftables.service ]; then echo 'at boot'; fi
command -v nft >/dev/null || exit 0
found=$(nft list chains) || exit 1
printf '%s\n' "$found" | awk -v own=${own.join(' ')} -v iptables=${iptablesChains} ${baseChains} |
while read -r family table chain; do
nft -s -t list chain "$family" "$table" "$chain" || exit 1
done`,
    parse: (answer) => {
      if (answer.exitCode !== 0) {
        throw new UnexpectedAnswer('cannot read the chains of nftables', answer);
      }
      const listings = answer.stdout.split(/^(?=table )/m);
      return {
        chains: listings.flatMap(filterChain),
        isLoadedAtBoot: answer.stdout.startsWith('at boot'),
      };
    },
  };
}

function filterChain(listing: string): FilterChain[] {
  const head = /^table (\S+) (\S+) \{\n\tchain (\S+) \{\n/.exec(listing);
  if (head === null) return [];
  const [, family = '', table = '', chain = ''] = head;
  const lines = listing.split('\n').filter((line) => line.startsWith('\t\t'));
  const [kind = '', ...rules] = lines.map((line) => line.trim());
  const isRestrictive = kind.includes('policy drop') || rules.some(isForAll);
  return [{ family, table, chain, rules, isRestrictive }];
}

/** Does a rule deny whatever reaches it? Then it matches nothing, and only logs, counts or limits. */
function isForAll(rule: string): boolean {
  return /^(counter( packets \d+ bytes \d+)? )?(log\b.* )?(drop|reject\b.*)$/.test(rule);
}
