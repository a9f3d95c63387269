/** Distribution packages by apt: are they installed? Versions are the distribution's affair. */
import { packages } from '../facts/packages';
import { lines, sh } from '../model/shell';
import { resource } from './resource';

interface Args {
  readonly names?: readonly string[];
  readonly absent?: readonly string[];
}

const names = {
  type: 'array',
  minItems: 1,
  items: { type: 'string', pattern: '^[a-z0-9][a-z0-9+.-]+$' },
};

export const packageResource = resource({
  kind: 'package',
  args: {
    type: 'object',
    additionalProperties: false,
    properties: {
      names: { ...names, description: 'Names of the packages that must be installed.' },
      absent: {
        ...names,
        description: 'Names of those that must not be; what others need is not removed.',
      },
    },
  },
  *mistakes({ names: wanted, absent }: Args) {
    if (wanted === undefined && absent === undefined) {
      yield 'one of "names" and "absent" is missing: the packages';
    }
    for (const name of wanted ?? []) {
      if (absent?.includes(name) === true) yield `${name} can't be both installed and absent`;
    }
  },
  facts: ({ names: wanted = [], absent = [] }: Args) => ({
    installed: packages([...wanted, ...absent]),
  }),
  *diff({ names: wanted = [], absent = [] }, { installed }) {
    const unwanted = absent.filter((name) => installed.has(name));
    if (unwanted.length > 0) {
      yield {
        summary: `remove ${unwanted.join(', ')}`,
        before: packageLines(unwanted),
        after: '',
        // Not by apt, which would remove all that depends on them, unseen.
        commands: [sh`dpkg --remove ${unwanted}`],
      };
    }
    const missing = [...new Set(wanted)].filter((name) => !installed.has(name));
    if (missing.length === 0) return;
    yield {
      summary: `install ${missing.join(', ')}`,
      before: '',
      after: packageLines(missing),
      commands: [
        lines(
          sh`export DEBIAN_FRONTEND=noninteractive`,
          sh`get() { apt-get -q -y -o DPkg::Lock::Timeout=120 "$@"; }`,
          sh`install() { get install --no-install-recommends -o Dpkg::Options::=--force-confold ${missing}; }`,
          // The package lists may be missing or old; a fresh enough host spares itself the update.
          sh`if ! install; then get update && install; fi`,
        ),
      ],
    };
  },
});

function packageLines(all: readonly string[]): string {
  return all.map((name) => `package ${name}`).join('\n');
}
