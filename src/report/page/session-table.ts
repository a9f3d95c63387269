/** The WireGuard sessions: each where they are few, else a line for each host. */
import { groupedBy } from '../../model/grouping';
import type { Handshake } from '../../model/handshake';
import { counted, thousands } from '../counted';
import { listTable } from './list-table';
import { type Markup, markup } from './markup';

/** A full mesh of a hundred has 9,900. */
const mostListed = 150;

/** More rows than this are folded: they are looked up, and not read. */
const mostOpen = 30;

export function sessionTable(sessions: readonly Handshake[]): Markup {
  const silent = sessions.filter(({ ageSeconds }) => ageSeconds === null).length;
  const without =
    silent === 0 ? 'each with a handshake' : `${thousands(silent)} without a handshake`;
  const [heads, rows] = sessions.length <= mostListed ? each(sessions) : byHost(sessions);
  const caption = 'Handshakes by each host’s own clock';
  const table = listTable({ caption, heads, rows, isHeaded: true });
  return markup`<p>${counted(sessions.length, 'session')}, ${without}.</p>${
    rows.length <= mostOpen
      ? table
      : markup`<details><summary>${counted(rows.length, 'row')}</summary>${table}</details>`
  }`;
}

type Table = readonly [readonly string[], readonly (readonly string[])[]];

function each(sessions: readonly Handshake[]): Table {
  const rows = sessions.map(({ host, peer, endpoint, ageSeconds, receivedBytes, sentBytes }) => [
    ...[host, peer, endpoint ?? 'nowhere yet', ageText(ageSeconds)],
    ...[bytesText(receivedBytes), bytesText(sentBytes)],
  ]);
  return [['Host', 'Peer', 'Endpoint', 'Last handshake', 'Received', 'Sent'], rows];
}

function byHost(sessions: readonly Handshake[]): Table {
  const rows = groupedBy(sessions, ({ host }) => host).map((own) => {
    const ages = own.flatMap(({ ageSeconds }) => ageSeconds ?? []);
    const total = (bytesOf: (one: Handshake) => number) =>
      bytesText(own.reduce((sum, one) => sum + bytesOf(one), 0));
    return [
      ...[own[0].host, String(own.length), String(own.length - ages.length)],
      ages.length === 0 ? 'never' : ageText(Math.max(...ages)),
      ...[total((one) => one.receivedBytes), total((one) => one.sentBytes)],
    ];
  });
  return [['Host', 'Peers', 'Without handshake', 'Oldest handshake', 'Received', 'Sent'], rows];
}

function ageText(seconds: number | null): string {
  if (seconds === null) return 'never';
  if (seconds < 120) return `${String(seconds)} s ago`;
  if (seconds < 7200) return `${String(Math.floor(seconds / 60))} min ago`;
  return seconds < 172_800
    ? `${thousands(Math.floor(seconds / 3600))} h ago`
    : `${thousands(Math.floor(seconds / 86_400))} days ago`;
}

function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const digits = power === 0 ? 0 : 1;
  return `${(bytes / 1024 ** power).toFixed(digits)} ${units[power] ?? ''}`;
}
