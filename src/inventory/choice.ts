/** Choices that have a name already and can't be carried out yet: said, and never let pass. */
import type { Reading } from './reading';
import { shown } from './wording';
import { problemAt, type YamlNode } from './yaml-node';

export interface Choice {
  /** What can be chosen today. */
  readonly now: string;
  /** What will be a choice one day. */
  readonly later: string;
}

export function* checkChoice(node: YamlNode | undefined, { now, later }: Choice): Reading<void> {
  if (node?.value !== later) return;
  yield problemAt(node, `${shown(later)} is not supported yet; write ${shown(now)}`);
}
