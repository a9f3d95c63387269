/** Names of hosts: a few as they are, many as a number that unfolds. */
import { counted } from '../counted';
import { type Markup, markup } from './markup';

const mostShown = 6;

export function names(all: readonly string[], noun = 'host'): Markup {
  if (all.length <= mostShown) return markup`${all.join(', ')}`;
  return markup`<details><summary>${counted(all.length, noun)}</summary>${all.join(', ')}</details>`;
}
