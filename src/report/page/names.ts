/** Names of hosts, and other things: a few as they are, many as a number that unfolds. */
import { counted } from '../counted';
import { Markup, markup } from './markup';

const mostShown = 6;

/** Longer ones may break, so that a column stays a column. */
const longestWhole = 30;

export function names(all: readonly string[], noun = 'host'): Markup {
  return folded(
    all.map((each, index) => markup`${index === 0 ? '' : ', '}${name(each)}`),
    noun,
  );
}

/** Each on a line of its own. */
export function lines(all: readonly string[], noun: string): Markup {
  return folded(
    all.map((each, index) => markup`${index === 0 ? '' : new Markup('<br>')}${each}`),
    noun,
  );
}

function folded(parts: readonly Markup[], noun: string): Markup {
  if (parts.length <= mostShown) return markup`${parts}`;
  return markup`<details><summary>${counted(parts.length, noun)}</summary>${parts}</details>`;
}

/** In one piece: a hyphen in a name is no place to break it. */
function name(text: string): Markup {
  return text.length > longestWhole ? markup`${text}` : markup`<span class="name">${text}</span>`;
}
