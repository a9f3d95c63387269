/** A directory: is it there, and whose is it? What lies in it is not its affair. */
import { pathState } from '../facts/path-state';
import { lines, sh } from '../model/shell';
import {
  ownedPathArgs,
  type OwnedPathArgs,
  ownershipChange,
  ownershipOf,
  ownerText,
} from './ownership';
import { Refusal, resource } from './resource';

interface Args extends OwnedPathArgs {
  readonly state?: 'present' | 'absent';
}

export const directory = resource({
  kind: 'directory',
  args: {
    type: 'object',
    required: ['path'],
    additionalProperties: false,
    properties: {
      ...ownedPathArgs({ path: '/etc/exporter', mode: '0755' }),
      state: {
        description: 'An empty directory can be absent; default present.',
        enum: ['present', 'absent'],
      },
    },
  },
  facts: ({ path }: Args) => ({ found: pathState(path) }),
  undo: ({ path }) => ({ directories: [path] }),
  *diff(args, { found }) {
    const { path, state = 'present' } = args;
    if (found.kind === 'file' || found.kind === 'other') {
      const what = found.kind === 'file' ? 'file' : found.what;
      throw new Refusal(`${path} is a ${what} and no directory; move it out of the way`);
    }
    if (state === 'absent') {
      if (found.kind === 'absent') return;
      if (!found.isEmpty) {
        throw new Refusal(`${path} is not empty, and is not removed with what lies in it`);
      }
      yield {
        summary: `remove ${path}`,
        before: `directory ${path}`,
        after: '',
        commands: [sh`rmdir ${path}`],
      };
      return;
    }
    const wanted = ownershipOf(args, '755');
    if (found.kind === 'directory') {
      yield* ownershipChange(path, wanted, found);
      return;
    }
    yield {
      summary: `make directory ${path}`,
      before: '',
      after: `directory ${path}`,
      // Not `mkdir -p`: parents that are missing would get the mode of a secret.
      commands: [
        lines(sh`mkdir -m ${wanted.mode} ${path}`, sh`chown ${ownerText(wanted)} ${path}`),
      ],
    };
  },
});
