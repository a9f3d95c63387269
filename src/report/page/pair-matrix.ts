/**
 * The pair matrix: rows ask, columns answer.
 *
 * A fleet of a hundred has 9,900 cells, so that each is a few bytes: one sign for a pair of which all
 * holds, and its reasons only where something does not. End tags of cells may be left out (HTML,
 * section 13.1.2.4).
 */
import { groupedBy } from '../../model/grouping';
import { type Markup, markup, nothing } from './markup';
import { type Aspect, aspects, type Pair, type Pairs } from './pairs';
import { signs } from './state';

/** Up to so many columns a cell has room for words. */
const mostSpelled = 10;

export function pairMatrix(pairs: Pairs): Markup {
  const { rows, columns } = pairs;
  const size =
    columns.length <= mostSpelled ? 'spelled' : columns.length <= 40 ? 'medium' : 'large';
  const heads = columns.map((name) => markup`<th scope="col"><span>${name}</span>`);
  const body = rows.map(
    (from) =>
      markup`<tr><th scope="row">${from}${columns.map((to) => cell(pairs, from, to, size))}\n`,
  );
  return markup`<div class="scroll" role="region" aria-label="Pair matrix" tabindex="0">
<table class="matrix ${size}">
<caption>Rows ask, columns answer. ${legend(size)}<span class="hint"> It scrolls sideways.</span></caption>
<thead><tr><td class="corner"><span>from ↓ &nbsp; to →</span>${heads}</thead>
<tbody>
${body}</tbody>
</table>
</div>`;
}

function legend(size: string): string {
  const how = `${signs.pass} holds, ${signs.warn} warns, ${signs.fail} fails, ${signs.ignored} fails and is ignored, ${signs.skip} could not be looked at, ${signs.none} not checked; grey: not meant to talk.`;
  return size === 'spelled'
    ? how
    : `${how} Where IPv4 and IPv6 differ a cell has two signs, IPv4 first; h is the handshake. Reasons stand below.`;
}

function cell(pairs: Pairs, from: string, to: string, size: string): Markup {
  if (from === to) return markup`<td class="x">`;
  const pair = pairs.between(from, to);
  if (pair === undefined) return pairs.mayTalk(from, to) ? unchecked(size) : markup`<td class="x">`;
  const reason =
    pair.state === 'pass' ? nothing : markup` title="${from} → ${to}: ${reasonsOf(pair)}"`;
  const text = size === 'spelled' ? spelled(pair) : markup`${short(pair)}`;
  return markup`<td class="${pair.state}"${reason}>${text}`;
}

function unchecked(size: string): Markup {
  return markup`<td class="none">${size === 'spelled' ? 'not checked' : signs.none}`;
}

function spelled({ findings }: Pair): Markup {
  return markup`${present(findings).map(([aspect, { status }]) => markup`<span class="aspect ${status}">${aspect} ${signs[status]}</span> `)}`;
}

function short({ findings }: Pair): string {
  const ping = (['v4', 'v6'] as const).flatMap((family) => findings.get(family)?.status ?? []);
  const more = (['handshake', 'path'] as const).flatMap((aspect) => {
    const status = findings.get(aspect)?.status;
    if (status === undefined || status === 'pass' || ping.includes(status)) return [];
    return `${aspect === 'handshake' ? 'h' : ''}${signs[status]}`;
  });
  const shown = [...new Set(ping)].length === 1 ? ping.slice(0, 1) : ping;
  const all = [...shown.map((status) => signs[status]), ...more].join('');
  return all === '' ? signs.pass : all;
}

/** `v4 and v6 fail: no answer; handshake skip: …`, without what holds. */
export function reasonsOf({ findings }: Pair): string {
  const told = present(findings).filter(([, { status }]) => status !== 'pass');
  return groupedBy(told, ([, { status, evidence }]) => JSON.stringify([status, evidence]))
    .map((alike) => {
      const [[, { status, evidence }]] = alike;
      return `${alike.map(([aspect]) => aspect).join(' and ')} ${status}: ${evidence}`;
    })
    .join('; ');
}

function present(findings: Pair['findings']) {
  return aspects.flatMap((aspect): [Aspect, NonNullable<ReturnType<Pair['findings']['get']>>][] => {
    const finding = findings.get(aspect);
    return finding === undefined ? [] : [[aspect, finding]];
  });
}
