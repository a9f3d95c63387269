/** Distribution packages by apt: are they installed? Versions are the distribution's affair. */
import { packages } from '../facts/packages';
import { lines, sh } from '../model/shell';
import { resource } from './resource';

interface Args {
  readonly names: readonly string[];
}

export const packageResource = resource({
  kind: 'package',
  args: {
    type: 'object',
    required: ['names'],
    additionalProperties: false,
    properties: {
      names: {
        description: 'Names of the packages that must be installed.',
        type: 'array',
        minItems: 1,
        items: { type: 'string', pattern: '^[a-z0-9][a-z0-9+.-]+$' },
      },
    },
  },
  facts: ({ names }: Args) => ({ installed: packages(names) }),
  *diff({ names }, { installed }) {
    const missing = names.filter((name) => !installed.has(name));
    if (missing.length === 0) return;
    yield {
      summary: `install ${missing.join(', ')}`,
      before: '',
      after: missing.map((name) => `package ${name}`).join('\n'),
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
