/**
 * The mesh as a picture. Pairs that hold are one faint path, however many there are; what does not
 * hold is drawn over them, so that one failure among 4,950 pairs is what the eye finds.
 */
import type { Mesh } from '../../model/mesh';
import type { Node } from '../../model/mesh-node';
import type { RunOutcome } from '../../model/outcome';
import { counted } from '../counted';
import { outcomeState } from './host-changes';
import { type Markup, markup, nothing } from './markup';
import { layoutOf, type Place } from './mesh-layout';
import { cutEnds, type Edge, edgesOf, line, stubs } from './mesh-edges';
import { isBetweenPeers, type Pairs } from './pairs';
import { badge, signs, type State, stateCounts, states, worst } from './state';

/** Up to so many nodes there is room for names beside them and for addresses. */
const mostSpelled = 12;

/** Longer names are cut; the tooltip has them whole. */
const longestName = 24;

export function meshPicture(run: RunOutcome, mesh: Mesh, pairs: Pairs): Markup {
  const { places, radius } = layoutOf(mesh);
  const edges = edgesOf(mesh, pairs);
  const cutAt = cutEnds(edges);
  const isSpelled = mesh.size <= mostSpelled;
  const longest = Math.max(...[...mesh.keys()].map((name) => Math.min(name.length, longestName)));
  const margin = isSpelled ? 46 : longest * 7.4 + 38;
  const side = isSpelled ? Math.max(110, longest * 9 + 20) : margin;
  const [width, height] = [radius + side, radius + margin];
  const density = edges.length > 1000 ? 'dense' : edges.length > 60 ? 'many' : 'few';
  const lines = states.toReversed().map((state) => {
    const own = edges.filter((edge) => edge.state === state);
    const whole = own.flatMap((edge) => (cutAt(edge).length > 0 ? [] : line(edge, places)));
    const cut = own.flatMap((edge) => stubs(edge, cutAt(edge), places, radius * 0.2));
    return markup`${path(`${state} ${density}`, whole)}${path(`${state} ${density} cut`, cut)}`;
  });
  const marks = [...places.values()].map((place) =>
    mark(place, nodeState(place.node, run), isSpelled),
  );
  return markup`<figure>
<svg class="mesh ${isSpelled ? 'spelled' : 'crowded'}" role="img" aria-labelledby="mesh-name mesh-words" viewBox="${box(width, height)}" width="${Math.round(width * 2)}" height="${Math.round(height * 2)}">
<title id="mesh-name">The mesh</title>
<desc id="mesh-words">${inWords(mesh, edges)}</desc>
${lines}${marks}</svg>
<figcaption>${inWords(mesh, edges)} ${keys(
    edges,
    mesh,
    edges.some((edge) => cutAt(edge).length > 0),
  )}</figcaption>
</figure>`;
}

function box(width: number, height: number): string {
  return [-width, -height, 2 * width, 2 * height].map((each) => each.toFixed(0)).join(' ');
}

function path(kind: string, strokes: readonly string[]): Markup {
  return strokes.length === 0
    ? nothing
    : markup`<path class="edge ${kind}" d="${strokes.join('')}"/>\n`;
}

/** Undefined: none of ours. */
function nodeState({ name, isManaged }: Node, run: RunOutcome): State | undefined {
  if (!isManaged) return undefined;
  const host = run.hosts.find((one) => one.host === name);
  if (host === undefined) return 'none';
  const own = run.checks.filter((check) => check.host === name && !isBetweenPeers(check));
  return worst([
    outcomeState(host),
    ...own.map(({ status }) => (status === 'skip' ? 'pass' : status)),
  ]);
}

function mark(place: Place, state: State | undefined, isSpelled: boolean): Markup {
  const { node, x, y } = place;
  const name =
    node.name.length > longestName ? `${node.name.slice(0, longestName - 1)}…` : node.name;
  const sign = state === undefined || state === 'pass' ? '' : ` ${signs[state]}`;
  const whole = [node.name, kindOf(node), ...node.addresses].join(', ');
  return markup`<g class="node ${state ?? 'external'}"><title>${whole}</title>${shape(node, x, y, isSpelled ? 9 : 5)}${label(place, `${name}${sign}`, isSpelled)}</g>
`;
}

function kindOf({ isManaged, forwards }: Node): string {
  if (!isManaged) return 'external peer';
  return forwards ? 'hub' : 'host';
}

function shape({ isManaged, forwards }: Node, x: number, y: number, size: number): Markup {
  const points = (count: number, start: number, radius: number) =>
    Array.from({ length: count }, (_, index) => {
      const angle = start + (2 * Math.PI * index) / count;
      return `${(x + radius * Math.cos(angle)).toFixed(1)},${(y + radius * Math.sin(angle)).toFixed(1)}`;
    }).join(' ');
  if (!isManaged) return markup`<polygon points="${points(4, 0, size * 1.2)}"/>`;
  if (forwards) return markup`<polygon points="${points(6, 0, size * 1.4)}"/>`;
  return markup`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${size}"/>`;
}

function label({ node, x, y, angle, isInside }: Place, name: string, isSpelled: boolean): Markup {
  if (isInside)
    return markup`<text class="inside" x="${x.toFixed(1)}" y="${(y + 25).toFixed(1)}">${name}</text>`;
  if (!isSpelled) return radialLabel(x, y, angle, name);
  const isMiddle = Math.abs(Math.sin(angle)) < 0.3;
  const side = isMiddle ? 'middle' : Math.sin(angle) > 0 ? 'start' : 'end';
  const left = x + (isMiddle ? 0 : Math.sign(Math.sin(angle)) * 16);
  const top = isMiddle ? y + (Math.cos(angle) > 0 ? -28 : 24) : y - 1;
  const under = node.addresses[0] ?? '';
  return markup`<text class="${side}" x="${left.toFixed(1)}" y="${top.toFixed(1)}">${name}<tspan class="under" x="${left.toFixed(1)}" dy="1.25em">${under}</tspan></text>`;
}

/** Away from the middle, and never upside down. */
function radialLabel(x: number, y: number, angle: number, name: string): Markup {
  const isRight = Math.sin(angle) >= 0;
  const degrees = (angle * 180) / Math.PI + (isRight ? -90 : 90);
  return markup`<text class="${isRight ? 'start' : 'end'}" x="${isRight ? 10 : -10}" y="3.5" transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${degrees.toFixed(1)})">${name}</text>`;
}

function inWords(mesh: Mesh, edges: readonly Edge[]): string {
  const nodes = [...mesh.values()];
  const externals = nodes.filter(({ isManaged }) => !isManaged).length;
  const hubs = nodes.filter(({ isManaged, forwards }) => isManaged && forwards).length;
  const members = [
    counted(nodes.length - externals, 'host'),
    ...(hubs > 0 ? [`of them ${counted(hubs, 'hub')}`] : []),
    ...(externals > 0 ? [counted(externals, 'external peer')] : []),
  ].join(', ');
  const links = edges.map(({ state }) => state);
  return `${members}; ${counted(edges.length, 'pair')} of peers: ${stateCounts(links) || 'none'}.`;
}

function keys(edges: readonly Edge[], mesh: Mesh, isCut: boolean): Markup {
  const lines = states
    .filter((state) => edges.some((edge) => edge.state === state))
    .map(
      (state) =>
        markup`<span class="key"><svg width="34" height="8" aria-hidden="true"><path class="edge ${state} few" d="M1 4L33 4"/></svg>${badge(state)}</span> `,
    );
  const nodes = [...mesh.values()];
  const shapes = [
    'circle: host',
    ...(nodes.some(({ forwards }) => forwards) ? ['hexagon: hub'] : []),
    ...(nodes.some(({ isManaged }) => !isManaged) ? ['diamond: external peer'] : []),
    ...(isCut ? ['short lines: most pairs of that node'] : []),
  ].join('; ');
  return markup`<span class="keys">${lines}<span class="quiet">${shapes}</span></span>`;
}
