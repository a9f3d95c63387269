/**
 * Has a host room for what a push writes? On a full disk a network goes on as it is, and everything
 * seems well; but nothing that is taken from it can be put back, by an apply or by the host itself.
 */
import { freeSpace, type FreeSpace } from '../facts/free-space';
import { resource } from './resource';

interface Args {
  readonly directories: readonly string[];
}

/** Of what is saved before a push and of what it writes, a multiple; packages are not counted. */
const neededKilobytes = 4096;
const neededFiles = 100;

export const diskCheck = resource({
  kind: 'disk-check',
  serves: 'INV-1',
  args: {
    type: 'object',
    required: ['directories'],
    additionalProperties: false,
    properties: {
      directories: {
        type: 'array',
        minItems: 1,
        items: { type: 'string', pattern: '^/' },
        description: 'Where there has to be room; each is there on every host.',
      },
    },
  },
  facts: ({ directories }: Args) => ({ space: freeSpace(directories) }),
  *judge(_, { space }, host) {
    const title = `${host} has room on its disk for what a push writes`;
    const full = space.filter(isFull);
    yield {
      id: 'INV-1',
      host,
      title,
      status: full.length === 0 ? 'pass' : 'fail',
      evidence:
        full.length === 0
          ? space.map(leftText).join('; ')
          : `${full.map(leftText).join('; ')}: what is lost there can't be put back`,
      ...(full.length === 0 ? {} : { parts: full.map(leftText) }),
    };
  },
});

function isFull({ kilobytes, files = Infinity }: FreeSpace): boolean {
  return kilobytes < neededKilobytes || files < neededFiles;
}

function leftText({ mount, kilobytes, files }: FreeSpace): string {
  const megabytes = `${String(Math.floor(kilobytes / 1024))} MiB`;
  return `${mount} has ${megabytes}${files === undefined ? '' : ` and ${String(files)} files`} left`;
}
