/** How tables of rows look, and as what they stand where there is no room for columns. */

export const listStyles = `
table { border-collapse: collapse; font-size: .93rem; }
caption { text-align: left; color: var(--quiet); font-size: .87rem; padding: 0 0 .35rem; caption-side: top; }
.list { width: 100%; margin: .5rem 0 1rem; }
.list th, .list td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
.list thead th { color: var(--quiet); font-weight: 600; font-size: .87rem; white-space: nowrap; }
.list tbody th { font-weight: 600; white-space: nowrap; }
.list td:last-child { padding-right: 0; }
.list { font-variant-numeric: tabular-nums; }
.name, .day { white-space: nowrap; }
@media screen and (max-width: 52rem) {
  .list, .list caption, .list thead, .list tbody, .list tr, .list th, .list td { display: block; }
  .list thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .list tbody tr { border: 1px solid var(--line); border-radius: 4px; margin: 0 0 .5rem; padding: .35rem .7rem .45rem; }
  .list tbody th, .list td { border: 0; padding: .1rem 0; white-space: normal; overflow-wrap: anywhere; }
  .list td[data-label] { display: flow-root; padding-left: 6.5rem; }
  .list td[data-label]::before { content: attr(data-label); content: attr(data-label) / ""; float: left; width: 6.2rem; margin-left: -6.5rem; color: var(--quiet); font-size: .87rem; line-height: 1.6; }
  .name { white-space: normal; }
}
`;
