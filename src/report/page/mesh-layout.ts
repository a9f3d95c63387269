/**
 * Where the nodes of a mesh stand in its picture.
 *
 * On a ring, in the order of their names, so that no line runs through a third node and a group
 * stands together. Where hubs carry the mesh they stand inside, each before its own spokes.
 */
import type { Mesh } from '../../model/mesh';
import type { Node } from '../../model/mesh-node';

export interface Place {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
  /** Radians, clockwise from the top. */
  readonly angle: number;
  /** Does it stand inside the ring? */
  readonly isInside: boolean;
}

export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  readonly radius: number;
}

/** Room for one name on the ring, in units of the picture. */
const spacing = 15;

export function layoutOf(mesh: Mesh): Layout {
  const nodes = [...mesh.values()];
  const hubs = isCarriedByHubs(nodes) ? nodes.filter(({ forwards }) => forwards) : [];
  const ring = nodes
    .filter((node) => !hubs.includes(node))
    .toSorted((one, other) => compare(homeOf(one, hubs), homeOf(other, hubs)));
  const radius = Math.max(ring.length > 3 ? 130 : 100, (ring.length * spacing) / (2 * Math.PI));
  const places = new Map<string, Place>();
  const put = (node: Node, angle: number, distance: number, isInside: boolean) => {
    const x = distance * Math.sin(angle);
    const y = -distance * Math.cos(angle);
    places.set(node.name, { node, x, y, angle, isInside });
  };
  for (const [index, node] of ring.entries()) {
    put(node, (2 * Math.PI * index) / ring.length, radius, false);
  }
  for (const [index, hub] of hubs.entries()) {
    const angle = (2 * Math.PI * (index + 0.5)) / hubs.length;
    put(hub, middleOf(hub, places) ?? angle, hubs.length === 1 ? 0 : radius * 0.42, true);
  }
  return { places, radius };
}

/** Does everybody else peer with hubs only? */
function isCarriedByHubs(nodes: readonly Node[]): boolean {
  const hubs = new Set(nodes.filter(({ forwards }) => forwards).map(({ name }) => name));
  if (hubs.size === 0 || hubs.size === nodes.length) return false;
  return nodes.every(
    ({ name, peers }) => hubs.has(name) || peers.every(({ host }) => hubs.has(host)),
  );
}

/** The hub that a spoke stands by; empty where there is none. */
function homeOf({ peers }: Node, hubs: readonly Node[]): string {
  return hubs.find((hub) => peers.some(({ host }) => host === hub.name))?.name ?? '';
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The direction in which most of its spokes stand. */
function middleOf({ peers }: Node, places: ReadonlyMap<string, Place>): number | undefined {
  const own = peers.flatMap(({ host }) => places.get(host) ?? []).filter((one) => !one.isInside);
  if (own.length === 0) return undefined;
  const x = own.reduce((sum, one) => sum + one.x, 0);
  const y = own.reduce((sum, one) => sum + one.y, 0);
  return Math.atan2(x, -y);
}
