/**
 * A file of text: its content, mode and owner, and the unit that has to read it anew.
 *
 * Its text is shown in differences, and roles are committed: it is no place for a secret.
 *
 * The unit is restarted once, when all else of its role is done. A push that ends between the two
 * is healed by the next run: a unit that started before its file was written has not read it.
 */
import { longestText, pathState, type PathState } from '../facts/path-state';
import { type UnitStart, unitStart } from '../facts/unit-start';
import type { Change } from '../model/change';
import { sh } from '../model/shell';
import {
  ownedPathArgs,
  type OwnedPathArgs,
  ownershipChange,
  ownershipOf,
  ownerText,
} from './ownership';
import { Refusal, resource } from './resource';
import { writeFile } from './written-file';

interface Args extends OwnedPathArgs {
  readonly content?: Content;
  readonly state?: 'present' | 'absent';
  readonly restart?: string;
  readonly reload?: string;
}

/** A text, or lines, each a text or the parts of one: there a reference can stand. */
type Content = string | readonly (Part | readonly Part[])[];
type Part = string | number;

const unit = {
  type: 'string',
  pattern: '^[A-Za-z0-9:_.@\\\\-]+[.](service|socket|timer|path|target|mount|slice)$',
  examples: ['exporter.service'],
};
const part = { type: ['string', 'integer'] };

export const file = resource({
  kind: 'file',
  args: {
    type: 'object',
    required: ['path'],
    additionalProperties: false,
    properties: {
      ...ownedPathArgs({ path: '/etc/default/exporter', mode: '0644' }),
      content: {
        description:
          'Its whole text; or its lines, each a text or a list of parts, of which some are references.',
        type: ['string', 'array'],
        items: { type: ['string', 'integer', 'array'], items: part },
      },
      source: {
        description: 'In place of content: a file of text beside the role.yaml.',
        type: 'string',
        examples: ['files/exporter.conf'],
      },
      state: { description: 'Default present.', enum: ['present', 'absent'] },
      restart: { ...unit, description: 'A unit that has to be restarted when the text changes.' },
      reload: { ...unit, description: 'A unit that has to be reloaded when the text changes.' },
    },
  },
  textFile: { from: 'source', to: 'content' },
  *mistakes({ content, state, restart, reload }: Args) {
    if (state === 'absent') {
      if (content !== undefined) yield 'a file that is to be absent has no content';
      if (restart !== undefined || reload !== undefined) {
        yield 'a file that is to be absent restarts nothing: nobody could tell whether that was done';
      }
    } else if (content === undefined) {
      yield 'one of "content" and "source" is missing: what is to be in the file';
    } else {
      yield* contentMistakes(textOf(content));
    }
    if (restart !== undefined && reload !== undefined) {
      yield '"restart" and "reload" stand side by side; a restart reads the file as well';
    }
  },
  facts: ({ path, restart, reload }: Args) => {
    const reader = restart ?? reload;
    return {
      found: pathState(path),
      ...(reader === undefined ? {} : { start: unitStart(reader) }),
    };
  },
  undo: ({ path, restart, reload }) => ({
    paths: [path],
    restarts: restart === undefined ? [] : [restart],
    reloads: reload === undefined ? [] : [reload],
  }),
  *diff(args, { found, start }) {
    const { path, state = 'present', content = '' } = args;
    if (found.kind === 'directory') throw new Refusal(`${path} is a directory and no file`);
    if (state === 'absent') {
      yield* removal(path, found);
      return;
    }
    const wanted = ownershipOf(args, '644');
    const text = textOf(content);
    const isRight = found.kind === 'file' && found.text === text;
    if (isRight) yield* ownershipChange(path, wanted, found);
    else {
      yield {
        summary: `${found.kind === 'absent' ? 'write' : 'rewrite'} ${path}`,
        before: shown(found),
        after: text,
        commands: [
          writeFile({ path, content: text, mode: wanted.mode, owner: ownerText(wanted) }),
          ...readBySystemd(path),
        ],
      };
    }
    const writtenAt = isRight ? found.writtenAt : undefined;
    if (start !== undefined) yield* readAnew(args, start, writtenAt);
  },
});

/** @param writtenAt undefined where it is about to be written. */
function* readAnew(
  { path, restart, reload }: Args,
  { activeState, startedAt, changedAt }: UnitStart,
  writtenAt: number | undefined,
): Iterable<Change> {
  const since = (restart === undefined ? changedAt : startedAt) ?? 0;
  const isRunning = activeState !== 'inactive' && activeState !== 'failed';
  if (writtenAt !== undefined && (!isRunning || writtenAt <= since)) return;
  const reader = restart ?? reload ?? '';
  yield {
    summary: `${restart === undefined ? 'reload' : 'restart'} ${reader}`,
    before: `${reader} runs with what ${path} was before`,
    after: `${reader} runs with what ${path} is`,
    isDeferred: true,
    // It may have been started meanwhile, by its package or another task. A unit that does not run
    // is not started: that is for a systemd-unit to say.
    commands: [
      restart === undefined
        ? sh`systemctl try-reload-or-restart ${reader}`
        : sh`systemctl try-restart ${reader}`,
    ],
  };
}

function* removal(path: string, found: PathState): Iterable<Change> {
  if (found.kind === 'absent') return;
  yield {
    summary: `remove ${path}`,
    before: shown(found),
    after: '',
    commands: [sh`rm -f ${path}`, ...readBySystemd(path)],
  };
}

/** systemd keeps what it has read of unit files, until it is told. */
function readBySystemd(path: string) {
  return path.startsWith('/etc/systemd/system/') ? [sh`systemctl daemon-reload`] : [];
}

function shown(found: PathState): string {
  if (found.kind === 'other') return `a ${found.what}`;
  if (found.kind !== 'file') return '';
  return found.text ?? `${String(found.bytes)} bytes that are not shown`;
}

function textOf(content: Content): string {
  if (typeof content === 'string') return content;
  return content.map((line) => `${Array.isArray(line) ? line.join('') : String(line)}\n`).join('');
}

function* contentMistakes(text: string): Iterable<string> {
  if (Buffer.byteLength(text) > longestText) {
    yield `the content is longer than ${String(longestText)} bytes`;
  }
  if (/[\0-\b\v\f\x0e-\x1f\x7f]/.test(text)) {
    yield 'the content holds control characters: only text can be written';
  }
}
