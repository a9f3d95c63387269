/**
 * Rules of the policy as rules of nftables: what is admitted alike is one rule, so that sixty ports
 * of a service are a set and no sixty lines.
 */
import { contains, type Family, subnet, type Subnet } from '../model/address';
import type { Rule } from '../model/firewall-policy';
import { groupedBy } from '../model/grouping';
import { type PortRange, rangeText } from '../model/port';

/** Rules that differ in their ports, sources or families only. */
interface RuleGroup extends Pick<Rule, 'interface' | 'protocol' | 'comment'> {
  /** Undefined: both. */
  readonly family: Family | undefined;
  /** None: any. */
  readonly ports: readonly PortRange[];
  /** None: from anywhere. */
  readonly sources: readonly string[];
}

/**
 * Judges by the port that a packet was sent to, whatever it has been translated to since.
 * @param portSet how several ports are written.
 */
export function declaredRules(
  rules: readonly Rule[],
  portSet: (comment: string, ports: readonly PortRange[]) => string,
): readonly string[] {
  return grouped(rules).map(({ family, interface: on, protocol, ports, sources, comment }) =>
    [
      on === undefined ? '' : `iifname "${on}"`,
      family === undefined
        ? ''
        : sources.length === 0
          ? `meta nfproto ipv${String(family)}`
          : `${addressKey(family)} saddr ${addressSet(sources)}`,
      protocol === undefined ? '' : `meta l4proto ${protocol}`,
      ports.length === 0 ? '' : `ct original proto-dst ${portSet(comment, ports)}`,
      'accept',
      commentText(comment),
    ]
      .filter((part) => part !== '')
      .join(' '),
  );
}

export function addressKey(family: Family): string {
  return family === 4 ? 'ip' : 'ip6';
}

/** Without those that lie within another: a set takes no overlapping elements. */
export function addressSet(texts: readonly string[]): string {
  const nets = texts.flatMap((text) => subnet(withLength(text)) ?? []);
  const isWithinAnother = (net: Subnet) =>
    nets.some((other) => other.prefixLength < net.prefixLength && contains(other, net.address));
  const widest = nets.filter((net) => !isWithinAnother(net)).map(({ text }) => bare(text));
  return elements([...new Set(widest)]);
}

/** Ascending, those that overlap joined. */
export function portElements(ports: readonly PortRange[]): readonly string[] {
  const joined: PortRange[] = [];
  for (const each of ports.toSorted((one, other) => one.first - other.first)) {
    const last = joined.at(-1);
    if (last === undefined || each.first > last.last) joined.push(each);
    else joined[joined.length - 1] = { first: last.first, last: Math.max(last.last, each.last) };
  }
  return joined.map((each) => rangeText(each));
}

/** Without the prefix length of a single address, as nft prints it. */
export function bare(source: string): string {
  return source.replace(/^([^:]+)\/32$/, '$1').replace(/^(.*:.*)\/128$/, '$1');
}

/** nft takes 128 bytes. */
export function commentText(comment: string): string {
  return `comment "${comment.slice(0, 120)}"`;
}

/** First the sources of each port, then the ports of the same sources, then both families. */
function grouped(rules: readonly Rule[]): readonly RuleGroup[] {
  const alone = rules.map(({ ports, source, ...rest }): RuleGroup => ({
    ...rest,
    ports: ports === undefined ? [] : [ports],
    sources: source === undefined ? [] : [source],
  }));
  const bySources = joinedBy(
    alone,
    ({ sources, ...rest }) => [rest, sources.length === 0],
    (one, other) => ({ ...one, sources: [...one.sources, ...other.sources] }),
  );
  const byPorts = joinedBy(
    bySources,
    ({ ports, ...rest }) => [rest, ports.length === 0],
    (one, other) => ({ ...one, ports: [...one.ports, ...other.ports] }),
  );
  return joinedBy(
    byPorts,
    ({ family, ...rest }) => [rest, rest.sources.length === 0 || family],
    (one) => ({ ...one, family: undefined }),
  );
}

/** Groups of equal keys as one, in the place of the first. */
function joinedBy(
  groups: readonly RuleGroup[],
  keyOf: (group: RuleGroup) => unknown,
  join: (one: RuleGroup, other: RuleGroup) => RuleGroup,
): readonly RuleGroup[] {
  const alike = groupedBy(groups, (group) => JSON.stringify(keyOf(group)));
  return alike.map(([first, ...others]) => others.reduce(join, first));
}

function elements(texts: readonly string[]): string {
  const [only = ''] = texts;
  return texts.length === 1 ? only : `{ ${texts.join(', ')} }`;
}

function withLength(source: string): string {
  return source.includes('/') ? source : `${source}/${source.includes(':') ? '128' : '32'}`;
}
