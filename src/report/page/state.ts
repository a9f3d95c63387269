/** How a thing stands, as the page marks it: by a sign, a word and a colour, never by colour alone. */
import type { Check } from '../../model/check';
import { thousands } from '../counted';
import { type Markup, markup } from './markup';

/** `none`: nobody looked. */
export type State = Check['status'] | 'none';

/** The worst first. */
export const states: readonly State[] = ['fail', 'warn', 'ignored', 'skip', 'none', 'pass'];

export const signs: Readonly<Record<State, string>> = {
  pass: '✓',
  warn: '!',
  fail: '✗',
  skip: '–',
  ignored: '~',
  none: '·',
};

const words: Readonly<Record<State, string>> = {
  pass: 'pass',
  warn: 'warn',
  fail: 'fail',
  skip: 'skip',
  ignored: 'ignored',
  none: 'not checked',
};

/** The worst of several; `none` of none. */
export function worst(some: readonly State[]): State {
  return states.find((state) => some.includes(state)) ?? 'none';
}

/** The sign and a word for it. */
export function badge(state: State, word = words[state]): Markup {
  return markup`<span class="badge ${state}"><span aria-hidden="true">${signs[state]}</span> ${word}</span>`;
}

/** `3 fail, 12 pass`, the worst first; without those that there are none of. */
export function stateCounts(some: readonly State[]): string {
  const numbers = new Map<State, number>();
  for (const state of some) numbers.set(state, (numbers.get(state) ?? 0) + 1);
  return states
    .filter((state) => numbers.has(state))
    .map((state) => `${thousands(numbers.get(state) ?? 0)} ${words[state]}`)
    .join(', ');
}
