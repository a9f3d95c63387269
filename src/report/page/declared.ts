/** What an inventory declares, and what is wrong with it. */
import type { Overview } from '../../model/overview';
import type { Problem } from '../../model/problem';
import { listTable } from './list-table';
import { type Markup, markup } from './markup';

export function declared({
  hosts,
  groups,
  subnets,
  services,
  exceptions,
  ignores,
}: Overview): Markup {
  const among = groups.map((group) => `${group.name} ${String(group.hosts)}`).join(', ');
  const rows: readonly (readonly [string, string])[] = [
    ['Hosts', among === '' ? String(hosts) : `${String(hosts)}: ${among}`],
    ...subnets.map(({ subnet, size, used, retired }): [string, string] => [
      'Subnet',
      `${subnet}: ${String(used)} of ${size} used, ${String(retired)} kept for hosts that left`,
    ]),
    ['Services', services.join(', ') || 'none'],
    ['Exceptions', endsText(exceptions)],
    ['Ignore rules', endsText(ignores)],
  ];
  return listTable({ caption: 'What the inventory says', heads: [], rows, isHeaded: true });
}

function endsText(some: Overview['ignores']): string {
  return some.map(({ id, expires }) => `${id} until ${expires}`).join(', ') || 'none';
}

export function problemTable(problems: readonly Problem[]): Markup {
  const rows = problems.map(({ file, line, column, message }) => [
    markup`<span class="place">${file}:${line}:${column}</span>`,
    message,
  ]);
  const caption = 'Each by its file, line and column';
  return listTable({ caption, heads: ['Place', 'What is wrong'], rows, isHeaded: true });
}
