/** How the mesh looks: what holds steps back, and lines differ by their strokes as well as by colour. */

export const meshStyles = `
figure { margin: .4rem 0; }
.mesh { display: block; margin: 0 auto; max-width: 100%; height: auto; max-height: 56rem; }
.edge { fill: none; stroke: var(--skip); stroke-width: 1.4; }
.edge.pass { stroke: var(--pass); }
.edge.pass.many { stroke-width: .8; stroke-opacity: .45; }
.edge.pass.dense { stroke-width: .5; stroke-opacity: .12; }
.edge.warn { stroke: var(--warn); stroke-width: 1.8; stroke-dasharray: 9 3 2 3; }
.edge.fail { stroke: var(--fail); stroke-width: 2.2; stroke-dasharray: 6 4; }
.edge.fail.dense { stroke-width: 1.4; }
.edge.cut { stroke-dasharray: none; }
.edge.fail.cut { stroke-width: 1.2; }
.edge.skip { stroke-dasharray: 4 3; }
.edge.ignored { stroke-dasharray: 1 2; }
.edge.none { stroke-dasharray: 1 4; }
.edge.skip.dense, .edge.none.dense { stroke-width: .5; stroke-opacity: .4; }
.node circle, .node polygon { fill: var(--ground); stroke: var(--skip); stroke-width: 2; }
.node.pass circle, .node.pass polygon { stroke: var(--pass); fill: var(--pass-ground); }
.node.warn circle, .node.warn polygon { stroke: var(--warn); fill: var(--warn-ground); }
.node.fail circle, .node.fail polygon { stroke: var(--fail); fill: var(--fail); }
.node.none circle, .node.none polygon { stroke-dasharray: 2 2; }
.node text { font: 11px system-ui, sans-serif; fill: var(--ink); paint-order: stroke; stroke: var(--ground); stroke-width: 3px; stroke-linejoin: round; }
.node text.middle, .node text.inside { text-anchor: middle; }
.node text.end { text-anchor: end; }
.node.fail text { fill: var(--fail); font-weight: 700; }
.node.warn text { fill: var(--warn); }
.node .under { fill: var(--quiet); font-weight: 400; font-size: 10px; }
figcaption { text-align: center; color: var(--quiet); font-size: .87rem; }
.keys { display: block; margin-top: .3rem; }
.key { white-space: nowrap; margin-right: .9rem; }
.key svg { vertical-align: middle; }
@media screen and (max-width: 40rem) {
  .mesh.spelled text { font-size: 15px; }
  .mesh.spelled .under { font-size: 13px; }
  .mesh.crowded text { font-size: 14px; }
  .mesh.crowded .pass text, .mesh.crowded .none text { display: none; }
}
@media print {
  .mesh { max-height: 145mm; }
  #mesh { break-inside: avoid; }
}
`;
