/** The topology in mesh.yaml: a word, or a mapping with its hubs and links. */
import { fullMesh, type Link, type Topology } from '../model/topology';
import { each, type Reading } from './reading';
import { readTarget, readTargets, type Targets } from './targets';
import { shown } from './wording';
import { child, isList, isMapping, items, problemAt, textOf, type YamlNode } from './yaml-node';

export interface DeclaredTopology {
  readonly topology: Topology;
  /** Undefined for the default. */
  readonly node: YamlNode | undefined;
  /** Where the hubs are written. */
  readonly hubs: YamlNode | undefined;
}

/**
 * @param hosts what hubs can be.
 * @param nodes what can be linked: hosts, groups and external peers.
 */
export function* readTopology(
  node: YamlNode | undefined,
  hosts: Targets | undefined,
  nodes: Targets | undefined,
): Reading<DeclaredTopology> {
  if (node === undefined || node.value === null) {
    return { topology: fullMesh, node: undefined, hubs: undefined };
  }
  const kind = textOf(node) ?? textOf(child(node, 'kind')) ?? 'full-mesh';
  const written = { hubs: child(node, 'hubs'), links: child(node, 'links') };
  const place = { node, hubs: written.hubs };
  const hubs = yield* readTargets(written.hubs, hosts);
  const links = yield* readLinks(written.links, nodes);
  if (kind !== 'links' && written.links !== undefined) {
    const right = 'links are for `kind: links`';
    yield problemAt(written.links, `a topology of kind ${shown(kind)} has no links; ${right}`, {
      at: 'key',
    });
  }
  switch (kind) {
    case 'hub-and-spoke':
      if (isMissing(written.hubs)) {
        const right = 'write `topology: { kind: hub-and-spoke, hubs: [hub-1] }`';
        yield problemAt(node, `a topology of hubs and spokes names its hubs; ${right}`);
      }
      return { ...place, topology: { kind, hubs } };
    case 'links':
      if (isMissing(written.links)) {
        const right = 'write `topology: { kind: links, links: [[web, db]] }`';
        yield problemAt(node, `a topology of links names its links; ${right}`);
      }
      return { ...place, topology: { kind, hubs, links } };
    default:
      // Whatever else is written there, the schema has said so.
      return { ...place, topology: { kind: 'full-mesh', hubs } };
  }
}

function* readLinks(
  node: YamlNode | undefined,
  targets: Targets | undefined,
): Reading<readonly Link[]> {
  if (!isList(node?.value)) return [];
  return yield* each(node.value, (link) => readLink(link, targets));
}

function* readLink(node: YamlNode, targets: Targets | undefined): Reading<Link | undefined> {
  const [one, other, ...more] = items(node);
  if (one === undefined || other === undefined || more.length > 0) {
    yield problemAt(
      node,
      `a link is a pair of names, such as [web, db]; this has ${String(items(node).length)}`,
    );
    return undefined;
  }
  if (targets === undefined) return undefined;
  const sides = yield* each([one, other], function* (side): Reading<readonly string[]> {
    const name = textOf(side);
    return name === undefined ? [] : [...(yield* readTarget(name, side, targets))].sort();
  });
  const [first = [], second = []] = sides;
  if (first.length === 1 && String(first) === String(second)) {
    yield problemAt(node, `this link leads from ${shown(String(first))} to itself`);
  }
  return { one: first, other: second };
}

function isMissing(node: YamlNode | undefined): boolean {
  return node === undefined || (items(node).length === 0 && !isMapping(node.value));
}
