/** Who may connect from outside: `any`, subnets, or single addresses. */
import { address, single, subnet, type Subnet } from '../model/address';
import type { Sources } from '../model/inventory';
import { each, type Reading } from './reading';
import { readSubnet } from './subnets';
import { shown } from './wording';
import { items, problemAt, textOf, type YamlNode } from './yaml-node';

/** Reads one source or a list of them. */
export function* readSources(node: YamlNode | undefined): Reading<Sources> {
  const listed = items(node).filter(({ value }) => typeof value === 'string');
  const subnets = yield* each(
    listed.filter(({ value }) => value !== 'any'),
    readSource,
  );
  return listed.some(({ value }) => value === 'any') ? 'any' : subnets;
}

function* readSource(node: YamlNode): Reading<Subnet | undefined> {
  const text = textOf(node) ?? '';
  const host = address(text);
  if (host !== undefined) return subnet(single(host));
  if (text.includes('/')) return yield* readSubnet(node);
  yield problemAt(node, `${shown(text)} is neither "any" nor a subnet nor an address`);
  return undefined;
}
