/** Names of hosts: a few as they are, many as a number that unfolds. */
import { counted } from '../counted';
import { type Markup, markup } from './markup';

const mostShown = 6;

/** Longer ones may break, so that a column stays a column. */
const longestWhole = 30;

export function names(all: readonly string[], noun = 'host'): Markup {
  const list = all.map((each, index) => markup`${index === 0 ? '' : ', '}${name(each)}`);
  if (all.length <= mostShown) return markup`${list}`;
  return markup`<details><summary>${counted(all.length, noun)}</summary>${list}</details>`;
}

/** In one piece: a hyphen in a name is no place to break it. */
function name(text: string): Markup {
  return text.length > longestWhole ? markup`${text}` : markup`<span class="name">${text}</span>`;
}
