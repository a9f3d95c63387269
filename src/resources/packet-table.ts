/**
 * The packet table: a table of nftables that is ours alone, written whole and replaced in one
 * transaction, so that there is no moment between the old policy and the new.
 *
 * It holds what ufw can't: ports that containers publish (they are forwarded, past ufw) and what the
 * host may not reach by loopback. With the backend nftables it judges what comes in as well. It looks
 * at the port that a packet was sent to, whatever has been translated since, so one list of rules
 * serves both, and it asks Docker nothing: a container that is started later is guarded as well.
 *
 * Traps: `ct original proto-dst` needs the protocol before it (nft 1.0.6); a set may not hold
 * overlapping elements; of protocols nft knows few by itself, and looks the others up in
 * /etc/protocols, which a small host lacks.
 */
import type { PacketTable } from '../facts/packet-table';
import { type Family, familyOf } from '../model/address';
import type { Change } from '../model/change';
import type { Backend } from '../model/inventory';
import type { FirewallPolicy, LoopbackReject } from '../model/firewall-policy';
import { lines, sh } from '../model/shell';
import { addressKey, addressSet, bare, commentText, declaredRules } from './packet-rules';
import { portSets, type PortSets } from './port-sets';

/** FAMILY NAME. */
export const tableName = ['inet', 'wgpush'] as const;
const directory = '/etc/wgpush';
export const tableFile = `${directory}/firewall.nft`;

export interface TableArgs {
  readonly backend: Backend;
  readonly policy: FirewallPolicy;
  /** The WireGuard interface. */
  readonly interface: string;
  /** Bridges that are no containers': from these nothing gets to a container unasked. */
  readonly outerBridges: readonly string[];
}

/** How the file, the kernel and what is wanted differ. */
export function* tableChanges(args: TableArgs, found: PacketTable): Iterable<Change> {
  const wanted = renderTable(args);
  const isInForce = found.live !== undefined && found.live === found.loaded;
  if (found.file === wanted && isInForce) return;
  const isWritten = found.file === wanted;
  yield {
    summary: isWritten ? 'load the packet table anew' : 'replace the packet table',
    // Of a table that is as its file says, the file is shown: nft prints some of it in other words.
    before: rulesOf((isInForce ? found.file : found.live) ?? (isWritten ? '' : (found.file ?? ''))),
    after: rulesOf(isWritten ? (found.loaded ?? wanted) : wanted),
    ...(found.live === undefined && found.file !== undefined
      ? { reason: 'it is not in force' }
      : {}),
    commands: [
      lines(
        sh`mkdir -p ${directory}`,
        sh`new=$(mktemp ${`${tableFile}.XXXXXX`})`,
        sh`trap 'rm -f "$new"' EXIT`,
        sh`printf '%s' ${wanted} | cat >"$new"`,
        sh`nft -c -f "$new"`,
        sh`mv -T "$new" ${tableFile}`,
        sh`nft -f ${tableFile}`,
      ),
    ],
  };
}

/**
 * What of the table admits more than is wanted: it is not in force, or there is a rule too many that
 * admits, or one too few that denies; in the kernel, or in the file, which may be an older policy.
 */
export function undeclaredTableRules(args: TableArgs, found: PacketTable): readonly string[] {
  const { file = '', loaded, live } = found;
  if (live === undefined) return ['the packet table is not in force'];
  if (loaded === undefined) return [`${tableFile} cannot be loaded`];
  const sides = [
    { has: live, wants: loaded },
    { has: file, wants: renderTable(args) },
  ];
  const rules = sides.flatMap(({ has, wants }) => [
    // A set may have an element too many; long ones go over several lines.
    ...without(has, wants).filter((rule) => /\b(accept|jump|goto)\b|^elements|^\d/.test(rule)),
    ...without(wants, has).flatMap((rule) =>
      /\b(drop|reject)\b/.test(rule) ? [`missing: ${rule}`] : [],
    ),
  ]);
  return [...new Set(rules)];
}

function without(listing: string, other: string): readonly string[] {
  const known = new Set(other.split('\n'));
  return listing.split('\n').flatMap((line) => (known.has(line) ? [] : [line.trim()]));
}

/** The file: whatever there was of the table goes, and this comes, at once. */
export function renderTable(args: TableArgs): string {
  const name = tableName.join(' ');
  const sets = portSets();
  const chains = [
    // What is admitted, by the port that it was sent to.
    { chain: 'declared', rules: declaredRules(args.policy.rules, sets.textOf) },
    ...(args.backend === 'nftables' ? [inputChain] : []),
    forwardChain(args),
    ...loopbackChain(args, sets),
  ];
  const blocks = [
    ...sets.declarations(),
    ...chains.map(({ chain, rules }) => [`chain ${chain} {`, ...rules.map(indented), '}']),
  ];
  return `# Managed by wgpush.
table ${name}
delete table ${name}

table ${name} {
${blocks.map((lines) => `${lines.map(indented).join('\n')}\n`).join('\n')}}
`;
}

function indented(line: string): string {
  return `\t${line}`;
}

interface Chain {
  readonly chain: string;
  readonly rules: readonly string[];
}

/** What ufw admits as well without being told: answers, errors, echo, and how a host gets its addresses. */
const inputChain: Chain = {
  chain: 'input',
  rules: [
    'type filter hook input priority filter; policy drop;',
    'iifname "lo" accept',
    'ct state established,related accept',
    'ct state invalid drop',
    'icmp type { destination-unreachable, echo-request, time-exceeded, parameter-problem } accept',
    'icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, echo-reply, mld-listener-query, mld-listener-report, mld-listener-done, nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report } accept',
    'udp sport 67 udp dport 68 accept',
    'ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept',
    'jump declared',
  ],
};

/**
 * What is passed on. Containers keep their way out; to a container comes what was sent to a published
 * port that is declared, and nothing past it; over WireGuard a hub passes on its peers' packets only.
 */
function forwardChain({ policy, interface: wg, outerBridges }: TableArgs): Chain {
  const outer = outerBridges.map((name) => `"${name}"`).join(', ');
  const inner = outer === '' ? '' : `iifname != { ${outer} } `;
  return {
    chain: 'forward',
    rules: [
      'type filter hook forward priority filter - 10; policy accept;',
      'ct state established,related accept',
      `meta iifkind "bridge" ${inner}accept`,
      'ct status dnat jump declared',
      'ct status dnat drop',
      ...policy.forwards.map(
        ({ family, interface: on, source, comment }) =>
          `iifname "${on}" oifname "${on}" ${addressKey(family)} saddr ${bare(source)} accept ${commentText(comment)}`,
      ),
      `meta oifkind "bridge" ${outer === '' ? '' : `oifname != { ${outer} } `}drop`,
      `iifname "${wg}" drop`,
      `oifname "${wg}" drop`,
    ],
  };
}

/** Before Docker translates the destination (priority dstnat), so that it is the one that was meant. */
function loopbackChain({ policy }: TableArgs, sets: PortSets): readonly Chain[] {
  if (policy.loopbackRejects.length === 0) return [];
  const rules = policy.loopbackRejects.flatMap((reject) =>
    ([4, 6] as const).map((family) => loopbackRule(reject, family, sets)),
  );
  return [
    {
      chain: 'loopback',
      rules: ['type filter hook output priority mangle; policy accept;', ...rules],
    },
  ];
}

function loopbackRule(
  { protocol, ports, except, comment }: LoopbackReject,
  family: Family,
  sets: PortSets,
): string {
  const own = except.filter((each) => familyOf(each) === family);
  const match =
    own.length === 0
      ? `meta nfproto ipv${String(family)}`
      : `${addressKey(family)} daddr != ${addressSet(own)}`;
  const how = protocol === 'tcp' ? 'reject with tcp reset' : 'reject';
  return `oifname "lo" ct state new ${match} ${protocol} dport ${sets.textOf(comment, ports)} ${how} ${commentText(comment)}`;
}

/** The rules of a listing, without the lines around them. */
function rulesOf(listing: string): string {
  return listing
    .split('\n')
    .filter((line) => /^\t/.test(line))
    .map((line) => line.slice(1).replace('\t', '  '))
    .join('\n');
}
