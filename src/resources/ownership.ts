/** A path, its mode, owner and group: the arguments, and the change that sets them. */
import type { Ownership } from '../facts/path-state';
import type { Change } from '../model/change';
import { sh } from '../model/shell';
import type { Schema } from './resource';

export interface OwnedPathArgs {
  readonly path: string;
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
}

const name = {
  type: 'string',
  pattern: '^[A-Za-z_][A-Za-z0-9_.-]*\\$?$',
  examples: ['prometheus'],
};

/** Their schemas; the examples are those of a kind. */
export function ownedPathArgs(examples: {
  readonly path: string;
  readonly mode: string;
}): Readonly<Record<keyof OwnedPathArgs, Schema>> {
  return {
    path: {
      description: 'Where it is.',
      type: 'string',
      pattern: '^(?!.*/[.]{1,2}(/|$))(/[^/\\u0000-\\u001f\\u007f]+)+$',
      examples: [examples.path],
    },
    // Text, because YAML reads a bare 0644 as the number 644, and a bare 0o644 as 420.
    mode: {
      description: 'Who may do what, in octal.',
      type: 'string',
      pattern: '^[0-7]{3,4}$',
      examples: [examples.mode],
    },
    owner: { ...name, description: 'The user that it belongs to; default root.' },
    group: { ...name, description: 'The group that it belongs to; default root.' },
  };
}

/** What is wanted, in the words of stat(1). */
export function ownershipOf(args: OwnedPathArgs, usual: string): Ownership {
  const mode = (args.mode ?? usual).replace(/^0+(?=.)/, '');
  return { mode, owner: args.owner ?? 'root', group: args.group ?? 'root' };
}

export function* ownershipChange(
  path: string,
  wanted: Ownership,
  found: Ownership,
): Iterable<Change> {
  if (ownershipText(wanted) === ownershipText(found)) return;
  yield {
    summary: `set mode and owner of ${path}`,
    before: ownershipText(found),
    after: ownershipText(wanted),
    // The owner first: giving a file away takes its setuid bit.
    commands: [sh`chown ${ownerText(wanted)} ${path}`, sh`chmod ${wanted.mode} ${path}`],
  };
}

/** As chown(1) takes it. */
export function ownerText({ owner, group }: Ownership): string {
  return `${owner}:${group}`;
}

function ownershipText({ mode, owner, group }: Ownership): string {
  return `mode ${mode}, owner ${owner}, group ${group}`;
}
