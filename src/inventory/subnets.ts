/** Subnets as a user writes them, and which of them a WireGuard network can have. */
import { address, contains, overlap, type Subnet, subnet } from '../model/address';
import { each, type Reading } from './reading';
import { shown } from './wording';
import { items, problemAt, type YamlNode } from './yaml-node';

export interface DeclaredSubnet {
  readonly subnet: Subnet;
  /** Undefined for the default. */
  readonly node: YamlNode | undefined;
}

/** What no network of hosts can be, and what for. */
const unusable: readonly (readonly [string, string])[] = [
  ['0.0.0.0/8', 'means "this host"'],
  ['127.0.0.0/8', 'is for loopback'],
  ['169.254.0.0/16', 'is for link-local addresses'],
  ['224.0.0.0/3', 'is for multicast, or reserved'],
  ['::/96', 'is for loopback, or reserved'],
  ['::ffff:0:0/96', 'is for mapped IPv4 addresses'],
  ['fe80::/10', 'is for link-local addresses'],
  ['ff00::/8', 'is for multicast'],
];

/** Reads the subnets of the network; undefined where one of them is wrong. */
export function* readSubnets(
  node: YamlNode | undefined,
): Reading<readonly DeclaredSubnet[] | undefined> {
  const standard = subnet('10.50.0.0/24');
  if (node === undefined || node.value === null) {
    return standard === undefined ? [] : [{ subnet: standard, node: undefined }];
  }
  const written = items(node);
  const read = yield* each(written, function* (item): Reading<DeclaredSubnet | undefined> {
    const found = yield* readSubnet(item);
    return found === undefined ? undefined : { subnet: found, node: item };
  });
  const problems = [...misuses(read), ...collisions(read)];
  yield* problems;
  const isWhole = written.length > 0 && read.length === written.length && problems.length === 0;
  return isWhole ? read : undefined;
}

/** Reads a subnet; host bits that are set are a mistake, and the right subnet is shown. */
export function* readSubnet(node: YamlNode): Reading<Subnet | undefined> {
  if (typeof node.value !== 'string') return undefined;
  const read = subnet(node.value);
  if (read === undefined) {
    yield problemAt(node, `${shown(node.value)} is not a subnet such as 10.50.0.0/24 or fd50::/64`);
    return undefined;
  }
  const written = address(node.value.split('/')[0] ?? '');
  if (written === read.address) return read;
  yield problemAt(
    node,
    `subnet ${shown(node.value)} has host bits set; the subnet is ${read.text}`,
  );
  return undefined;
}

function* misuses(subnets: readonly DeclaredSubnet[]): Reading<void> {
  for (const { subnet: net, node } of subnets) {
    if (node === undefined) continue;
    const [range, why] = unusable.find(([text]) => isWithin(net, text)) ?? [];
    if (range !== undefined && why !== undefined) {
      yield problemAt(node, `subnet ${net.text} cannot be used: ${range} ${why}`);
    } else if (net.prefixLength < 8) {
      yield problemAt(node, `subnet ${net.text} is too large: its prefix is 8 bits at least`);
    }
  }
}

function* collisions(subnets: readonly DeclaredSubnet[]): Reading<void> {
  for (const [index, { subnet: net, node }] of subnets.entries()) {
    if (node === undefined) continue;
    for (const { subnet: earlier } of subnets.slice(0, index)) {
      if (!overlap(net, earlier)) continue;
      yield problemAt(node, `subnet ${net.text} overlaps ${earlier.text}`);
      break;
    }
  }
}

function isWithin(net: Subnet, range: string): boolean {
  const outer = subnet(range);
  return outer !== undefined && contains(outer, net.address);
}
