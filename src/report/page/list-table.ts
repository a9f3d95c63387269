/**
 * Tables of rows to read. Where there is no room for columns a row stands as a card, with the head of
 * each column beside its cell: nothing scrolls sideways. The roles say what a browser forgets of a table
 * that is laid out in another way.
 */
import { type Markup, markup, nothing, type Part } from './markup';

export interface ListTable {
  readonly caption: string;
  /** Of the columns; empty where a row's own head says it all. */
  readonly heads: readonly string[];
  readonly rows: readonly (readonly Part[])[];
  /** Is the first cell of a row its head? */
  readonly isHeaded: boolean;
}

export function listTable({ caption, heads, rows, isHeaded }: ListTable): Markup {
  const head =
    heads.length === 0
      ? nothing
      : markup`<thead role="rowgroup"><tr role="row">${heads.map((title) => markup`<th role="columnheader" scope="col">${title}`)}</thead>\n`;
  const cells = (row: readonly Part[]) =>
    row.map((content, index) =>
      isHeaded && index === 0
        ? markup`<th role="rowheader" scope="row">${content}`
        : markup`<td role="cell"${label(heads[index])}>${content}`,
    );
  return markup`<table class="list" role="table"><caption>${caption}</caption>
${head}<tbody role="rowgroup">
${rows.map((row) => markup`<tr role="row">${cells(row)}\n`)}</tbody></table>`;
}

function label(title: string | undefined): Markup {
  return title === undefined ? nothing : markup` data-label="${title}"`;
}
