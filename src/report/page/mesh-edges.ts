/**
 * The lines of the mesh's picture.
 *
 * Where most lines of a node do not hold, a hundred of them across the picture would say no more than the
 * node does, and hide the one line elsewhere that is news: they are cut short, and point at whom they
 * meant.
 */
import type { Mesh } from '../../model/mesh';
import type { Place } from './mesh-layout';
import type { Pairs } from './pairs';
import { type State, worst } from './state';

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly state: State;
}

/** Each pair of peers once. Where one of two hosts was not asked, nobody knows that the pair holds. */
export function edgesOf(mesh: Mesh, pairs: Pairs): readonly Edge[] {
  const stateFrom = (from: string, to: string): State | undefined =>
    mesh.get(from)?.isManaged === true ? (pairs.between(from, to)?.state ?? 'none') : undefined;
  return [...mesh.values()].flatMap(({ name: from, peers }) =>
    peers
      .filter(({ host }) => from < host)
      .map(({ host: to }) => {
        const both = [stateFrom(from, to), stateFrom(to, from)];
        return { from, to, state: worst(both.flatMap((state) => state ?? [])) };
      }),
  );
}

/** Fewer lines than this of one node are drawn as they are. */
const fewest = 8;

/** Of each edge, the ends at which it is cut short; a whole one has none. */
export function cutEnds(edges: readonly Edge[]): (edge: Edge) => readonly string[] {
  const numbers = new Map<string, number>();
  const add = (key: string) => numbers.set(key, (numbers.get(key) ?? 0) + 1);
  for (const { from, to, state } of edges) {
    for (const end of [from, to]) [end, `${state} ${end}`].forEach(add);
  }
  return ({ from, to, state }) =>
    state === 'pass'
      ? []
      : [from, to].filter((end) => {
          const own = numbers.get(`${state} ${end}`) ?? 0;
          return own >= fewest && own * 2 >= (numbers.get(end) ?? 0);
        });
}

type Places = ReadonlyMap<string, Place>;
type Point = Pick<Place, 'x' | 'y'>;

/** From one end to the other, as path data of SVG; none where an end has no place. */
export function line({ from, to }: Edge, places: Places): readonly string[] {
  const [start, end] = [places.get(from), places.get(to)];
  return start === undefined || end === undefined ? [] : [stroke(start, end)];
}

/** What is left of a line at the ends where it is cut, so long at most. */
export function stubs(
  { from, to }: Edge,
  cut: readonly string[],
  places: Places,
  length: number,
): readonly string[] {
  return cut.flatMap((name) => {
    const [near, far] = [places.get(name), places.get(name === from ? to : from)];
    if (near === undefined || far === undefined) return [];
    const [dx, dy] = [far.x - near.x, far.y - near.y];
    const part = Math.min(0.4, length / Math.hypot(dx, dy));
    return [stroke(near, { x: near.x + dx * part, y: near.y + dy * part })];
  });
}

function stroke(one: Point, other: Point): string {
  return `M${at(one)}L${at(other)}`;
}

function at({ x, y }: Point): string {
  return `${x.toFixed(0)} ${y.toFixed(0)}`;
}
