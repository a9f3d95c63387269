/**
 * The mesh as a picture: a table for a terminal, Mermaid for a page, DOT for Graphviz.
 *
 * An edge is a pair of peers. Where one of them is behind NAT, the edge points to the other: only
 * that way can a session begin.
 */
import { withPort } from '../model/address';
import type { Mesh } from '../model/mesh';
import type { Node } from '../model/mesh-node';
import { table } from './table';

/** The first is the default. */
export const graphFormats = ['text', 'mermaid', 'dot'] as const;

export type GraphFormat = (typeof graphFormats)[number];

export function meshGraph(mesh: Mesh, format: GraphFormat): string {
  switch (format) {
    case 'text':
      return textGraph(mesh);
    case 'mermaid':
      return mermaidGraph(mesh);
    case 'dot':
      return dotGraph(mesh);
  }
}

function textGraph(mesh: Mesh): string {
  return table([
    ['node', 'kind', 'addresses', 'endpoints', 'peers'],
    ...[...mesh.values()].map((node) => [
      node.name,
      kindOf(node),
      node.addresses.join(', '),
      node.endpoints.map(({ host, port }) => withPort(host, port)).join(', ') || 'behind NAT',
      peersText(node, mesh),
    ]),
  ]);
}

function peersText({ peers }: Node, mesh: Mesh): string {
  const names = peers.map(({ host }) => host);
  if (names.length > 5 && names.length === mesh.size - 1) {
    return `all ${String(names.length)} others`;
  }
  return names.join(', ') || 'none';
}

/** https://mermaid.js.org/syntax/flowchart.html; names as they are could be its keywords. */
function mermaidGraph(mesh: Mesh): string {
  const ids = new Map([...mesh.keys()].map((name, index) => [name, `n${String(index + 1)}`]));
  const idOf = (name: string): string => ids.get(name) ?? name;
  const shapes = { host: ['[', ']'], hub: ['{{', '}}'], external: ['([', '])'] } as const;
  const nodes = [...mesh.values()].map((node) => {
    const [open, close] = shapes[kindOf(node)];
    return `  ${idOf(node.name)}${open}"${labelOf(node).join('<br/>')}"${close}`;
  });
  const edges = edgesOf(mesh).map(({ from, to, isOneWay }) =>
    [' ', idOf(from), isOneWay ? '-->' : '---', idOf(to)].join(' '),
  );
  return ['flowchart LR', ...nodes, ...edges, ''].join('\n');
}

/** https://graphviz.org/doc/info/lang.html */
function dotGraph(mesh: Mesh): string {
  const shapes = { host: 'box', hub: 'hexagon', external: 'ellipse' } as const;
  const nodes = [...mesh.values()].map((node) => {
    const label = labelOf(node).join('\\n');
    return `  "${node.name}" [label="${label}", shape=${shapes[kindOf(node)]}];`;
  });
  const edges = edgesOf(mesh).map(
    ({ from, to, isOneWay }) => `  "${from}" -> "${to}"${isOneWay ? '' : ' [dir=none]'};`,
  );
  return ['digraph wgpush {', ...nodes, ...edges, '}', ''].join('\n');
}

function kindOf({ isManaged, forwards }: Node): 'host' | 'hub' | 'external' {
  if (!isManaged) return 'external';
  return forwards ? 'hub' : 'host';
}

function labelOf({ name, addresses, networks }: Node): readonly string[] {
  return [name, ...addresses, ...networks];
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly isOneWay: boolean;
}

/** Each pair of peers once. */
function edgesOf(mesh: Mesh): readonly Edge[] {
  const isBehindNat = (name: string): boolean => mesh.get(name)?.endpoints.length === 0;
  return [...mesh.values()].flatMap(({ name, peers }) =>
    peers
      .filter(({ host }) => name < host)
      .map(({ host }) =>
        isBehindNat(host)
          ? { from: host, to: name, isOneWay: true }
          : { from: name, to: host, isOneWay: isBehindNat(name) },
      ),
  );
}
