/** How the pair matrix looks: with words where it is small, and a hundred columns on one sheet. */

export const matrixStyles = `
.matrix { border-collapse: separate; border-spacing: 1px; }
.matrix caption { position: sticky; left: 0; max-width: min(60rem, 90vw); }
.matrix th { font-weight: 500; text-align: left; white-space: nowrap; background: var(--ground); }
.matrix tbody th { position: sticky; left: 0; z-index: 1; padding: 0 .5rem 0 0; }
.matrix .corner { color: var(--quiet); font-size: .87rem; vertical-align: bottom; text-align: left; padding: 0 .5rem .2rem 0; background: none; white-space: nowrap; }
.matrix td { text-align: center; color: var(--skip); background: var(--skip-ground); }
.matrix td.pass { color: var(--pass); background: var(--pass-ground); }
.matrix td.warn { color: var(--warn); background: var(--warn-ground); font-weight: 700; }
.matrix td.fail { color: var(--fail); background: var(--fail-ground); font-weight: 700; box-shadow: inset 0 0 0 1px var(--fail); }
.matrix td.none { background: none; box-shadow: inset 0 0 0 1px var(--line); }
.matrix td.x { background: var(--line); opacity: .45; }
.matrix td[title] { cursor: help; }
.spelled { font-size: .93rem; }
.spelled td { padding: .2rem .6rem; }
.spelled thead th { padding: 0 .6rem .2rem; text-align: center; }
.aspect { white-space: nowrap; font-weight: 500; color: var(--pass); }
.aspect.fail { color: var(--fail); font-weight: 700; }
.aspect.warn { color: var(--warn); font-weight: 700; }
.aspect.skip, .aspect.ignored { color: var(--skip); }
.medium thead th, .large thead th { vertical-align: bottom; padding: .2rem 0; }
.medium thead span, .large thead span { writing-mode: vertical-rl; transform: rotate(180deg); }
.medium thead .corner span, .large thead .corner span { writing-mode: horizontal-tb; transform: none; }
.medium { font-size: 13px; line-height: 20px; }
.medium td { min-width: 22px; height: 22px; padding: 0; }
.large { font-size: 10px; line-height: 13px; border-spacing: 0; }
.large td { min-width: 12px; height: 13px; padding: 0; border: solid var(--ground); border-width: 0 1px 1px 0; }
.large caption { font-size: 13px; line-height: 1.4; }
.medium tbody tr:hover td, .medium tbody tr:hover th, .large tbody tr:hover td, .large tbody tr:hover th { text-decoration: underline; }
.scroll:has(> .large) { margin-inline: min(0px, calc(50% - min(50vw - 1.5rem, 50rem))); }
.hint { display: none; }
@media screen and (max-width: 40rem) { .hint { display: inline; } }
@media print {
  .scroll:has(> .large) { margin-inline: 0; }
  .matrix tbody th, .matrix caption { position: static; }
  .large { font-size: 3.4pt; line-height: 3.9pt; break-inside: avoid; }
  .large td { min-width: 0; width: 6pt; height: 3.9pt; border-width: 0; }
  #pairs:has(.large) { break-before: page; }
  .large caption, .matrix caption { font-size: 8pt; }
}
`;
