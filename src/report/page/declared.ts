/** What an inventory declares, and what is wrong with it. */
import type { Overview } from '../../model/overview';
import type { Problem } from '../../model/problem';
import { type Markup, markup } from './markup';

export function declared({ hosts, groups, subnets, services, exceptions }: Overview): Markup {
  const among = groups.map((group) => `${group.name} ${String(group.hosts)}`).join(', ');
  const rows: readonly (readonly [string, string])[] = [
    ['Hosts', among === '' ? String(hosts) : `${String(hosts)}: ${among}`],
    ...subnets.map(({ subnet, size, used, retired }): [string, string] => [
      'Subnet',
      `${subnet}: ${String(used)} of ${size} used, ${String(retired)} kept for hosts that left`,
    ]),
    ['Services', services.join(', ') || 'none'],
    [
      'Exceptions',
      exceptions.map(({ id, expires }) => `${id} until ${expires}`).join(', ') || 'none',
    ],
  ];
  return markup`<div class="scroll" role="region" aria-label="Declared" tabindex="0"><table class="list"><caption>What the inventory says</caption><tbody>
${rows.map(([title, text]) => markup`<tr><th scope="row">${title}<td>${text}\n`)}</tbody></table></div>`;
}

export function problemTable(problems: readonly Problem[]): Markup {
  const rows = problems.map(
    ({ file, line, column, message }) =>
      markup`<tr><th scope="row" class="place">${file}:${line}:${column}<td>${message}\n`,
  );
  return markup`<div class="scroll" role="region" aria-label="Mistakes" tabindex="0"><table class="list"><caption>Each by its file, line and column</caption>
<thead><tr><th scope="col">Place<th scope="col">What is wrong</thead><tbody>
${rows}</tbody></table></div>`;
}
