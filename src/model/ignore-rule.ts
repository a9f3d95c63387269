/** A rule of ignores.yaml: what is found and does not count, who answers for that, and until when. */
import type { CheckId } from './check';
import type { IgnoredBy } from './ignored-by';

export interface IgnoreRule extends IgnoredBy {
  /** Names of the hosts it holds for, sorted. */
  readonly hosts: readonly string[];
  readonly names: Named;
  /** A text that has to be in what is ignored, as words of their own; undefined: nothing has to. */
  readonly match: string | undefined;
}

/** Checks by what they serve, or changes by the role or the resource they come from, or both. */
export type Named =
  | { readonly kind: 'checks'; readonly id: CheckId }
  | {
      readonly kind: 'changes';
      readonly role: string | undefined;
      readonly resource: string | undefined;
    };

/** `SC-2`, `changes of role firewall`: what a rule is about, for people. */
export function namedText({ names, match }: IgnoreRule): string {
  const narrowed = match === undefined ? '' : ` with ${JSON.stringify(match)}`;
  if (names.kind === 'checks') return `${names.id}${narrowed}`;
  const { role, resource } = names;
  const of = [
    ...(role === undefined ? [] : [`role ${role}`]),
    ...(resource === undefined ? [] : [`resource ${resource}`]),
  ];
  return `changes of ${of.join(', ')}${narrowed}`;
}
