/** How the page looks: on a screen, light and dark, and on paper. */
import { listStyles } from './list-styles';
import { matrixStyles } from './matrix-styles';
import { meshStyles } from './mesh-styles';

export const styles = `
:root {
  color-scheme: light dark;
  --ground: #fff; --raised: #f5f6f8; --ink: #1b1f24; --quiet: #57606a; --line: #d5dae0; --link: #0b57a4;
  --pass: #17693a; --warn: #855600; --fail: #b3231a; --skip: #57606a;
  --pass-ground: #e8f4ec; --warn-ground: #fdf1d6; --fail-ground: #fde7e4; --skip-ground: #eceff2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --raised: #1c2026; --ink: #e3e6ea; --quiet: #9da7b3; --line: #363c45; --link: #79b8ff;
    --pass: #6fcf92; --warn: #e9b949; --fail: #ff8f85; --skip: #9da7b3;
    --pass-ground: #17291e; --warn-ground: #302712; --fail-ground: #3a1c1a; --skip-ground: #23282f;
  }
}
* { box-sizing: border-box; }
html { background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 76rem; margin: 0 auto; padding: 1.25rem 1.25rem 3rem; overflow-wrap: break-word; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.skip-link { position: absolute; left: -99rem; }
.skip-link:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .3rem .6rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: .2rem 0 .3rem; font-weight: 650; text-wrap: balance; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.3rem 0 .2rem; }
h3 .quiet { font-weight: 400; }
p { margin: .3rem 0 .6rem; max-width: 60rem; }
.quiet { color: var(--quiet); }
.run { color: var(--quiet); margin: 0; }
.verdict { border-left: 5px solid var(--skip); padding: .1rem 0 .1rem 1rem; margin: .4rem 0 1rem; }
.verdict.pass { border-color: var(--pass); }
.verdict.warn { border-color: var(--warn); }
.verdict.fail { border-color: var(--fail); }
.verdict.none { border-left-style: dashed; }
.verdict p { margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .6rem; margin: 1rem 0; }
.tiles div { background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: .5rem .75rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.tiles dt { color: var(--quiet); font-size: .87rem; line-height: 1.35; }
.tiles dd { margin: 0; font-size: 1.5rem; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; margin: 0; }
.badge { display: inline-block; white-space: nowrap; font-size: .87rem; font-weight: 600; line-height: 1.35; padding: 0 .45em; border-radius: 3px; color: var(--skip); background: var(--skip-ground); }
.badge.pass { color: var(--pass); background: var(--pass-ground); }
.badge.warn { color: var(--warn); background: var(--warn-ground); }
.badge.fail { color: var(--fail); background: var(--fail-ground); }
.badge.none { background: none; border: 1px dashed var(--skip); }
.scroll { overflow-x: auto; margin: .5rem 0 1rem; position: relative; }
summary { cursor: pointer; color: var(--link); }
.host { margin: .5rem 0; padding: .35rem 0; }
.host + .host { border-top: 1px solid var(--line); }
.head { display: flex; flex-wrap: wrap; gap: .2rem .6rem; align-items: baseline; }
.who { font-weight: 600; }
.error { color: var(--fail); white-space: pre-wrap; margin: .2rem 0 .3rem; overflow-wrap: anywhere; }
.change { margin: .35rem 0 .35rem 1rem; overflow-wrap: anywhere; }
.role { color: var(--quiet); display: inline-block; min-width: 5.5rem; }
pre { font: 13px/1.45 ui-monospace, monospace; margin: .3rem 0 .5rem; padding: .4rem .7rem; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
.difference > * { display: block; margin: 0 -.7rem; padding: 0 .7rem 0 calc(.7rem + 2ch); text-indent: -2ch; }
ins { color: var(--pass); background: var(--pass-ground); text-decoration: none; }
del { color: var(--fail); background: var(--fail-ground); text-decoration: none; }
.place { font: 13px/1.6 ui-monospace, monospace; }
footer { margin-top: 3rem; padding-top: .6rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .87rem; }
${listStyles}${meshStyles}${matrixStyles}
@media (max-width: 40rem) {
  body { padding: .8rem .8rem 2rem; }
  h1 { font-size: 1.35rem; }
}
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  :root {
    color-scheme: light;
    --ground: #fff; --raised: #fff; --ink: #000; --quiet: #444; --line: #bbb; --link: #000;
    --pass: #17693a; --warn: #7a4f00; --fail: #a3160e; --skip: #444;
    --pass-ground: #fff; --warn-ground: #fff; --fail-ground: #fff; --skip-ground: #fff;
  }
  html { font-size: 10pt; }
  body { max-width: none; padding: 0; }
  nav, .skip-link { display: none; }
  a { text-decoration: none; }
  .scroll { overflow: visible; }
  .badge { padding: 0; }
  .badge.none { padding: 0 .3em; }
  h2, h3, caption { break-after: avoid; }
  tr, figure, .tiles div, .change { break-inside: avoid; }
  .head:not(:last-child) { break-after: avoid; }
  tbody tr:first-child { break-before: avoid; }
  thead { display: table-header-group; }
}
`;
