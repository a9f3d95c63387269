/** An overview as text: a few lines, however large the inventory is. */
import type { Colors } from 'picocolors/types';
import type { Overview, SubnetUse } from '../model/overview';
import { nameList } from './name-list';

/** Sizes above this are written as no person reads them. */
const longestSize = 9;

export function overviewText(name: string, overview: Overview, colors: Colors): string {
  const { hosts, groups, subnets, services, exceptions, ignores } = overview;
  const among = groups.length === 0 ? '' : `: ${nameList(groups.map(groupText))}`;
  const lines = [
    ['hosts', `${String(hosts)}${among}`],
    ...subnets.map((use, index) => [index === 0 ? 'subnets' : '', subnetText(use)]),
    ['services', listText(services)],
    ['exceptions', listText(exceptions.map(endText))],
    ['ignores', listText(ignores.map(endText))],
  ].map(([title = '', text = '']) => `  ${title.padEnd(12)}${text}`);
  return [colors.bold(name), ...lines].join('\n');
}

function endText({ id, expires }: Overview['ignores'][number]): string {
  return `${id} until ${expires}`;
}

function groupText({ name, hosts }: Overview['groups'][number]): string {
  return `${name} ${String(hosts)}`;
}

function subnetText({ subnet, size, used, retired }: SubnetUse): string {
  const of = size.length > longestSize ? '' : ` of ${size}`;
  const kept = retired === 0 ? '' : `, ${String(retired)} kept for hosts that left`;
  return `${subnet}, ${String(used)}${of} used${kept}`;
}

function listText(names: readonly string[]): string {
  return names.length === 0 ? 'none' : `${String(names.length)}: ${nameList(names)}`;
}
