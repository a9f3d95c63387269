/** What the README says of roles: every resource and every reference, and an example that holds. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { references } from '../../src/plan/values';
import { resources } from '../../src/resources/closed-set';
import { loaded } from './directory';

const readme = readFileSync(path.join(__dirname, '../../README.md'), 'utf8');
const section = /\n## Roles of your own\n([^]*?)\n## /.exec(readme)?.[1] ?? '';

/** The cells of a row, by what its first one has in backquotes. */
const rows = new Map(
  [...section.matchAll(/^\| `(\S+)` +\| (.*?) *\|(?: (.*?) *\|)?$/gm)].map(
    ([, name = '', ...cells]) => [name, cells] as const,
  ),
);

test('it names every resource, and every reference with its meaning and an example', () => {
  const shown = (example: unknown): string => {
    const texts = [example].flat();
    return texts.every((text) => typeof text !== 'object') ? `\`${texts.join(', ')}\`` : '';
  };
  expect([...rows.keys()].filter((name) => !name.startsWith('$')).sort()).toEqual(
    [...resources.keys()].sort(),
  );
  expect([...rows].filter(([name]) => name.startsWith('$'))).toEqual(
    [...references].map(([name, { meaning, example }]) => [`$${name}`, [meaning, shown(example)]]),
  );
});

test('its example is a role', async () => {
  const [, example = ''] = /```yaml\n([^]*?)```/.exec(section) ?? [];
  const { roles } = await loaded({
    'hosts.yaml': 'all: { hosts: { web-1: { ansible_host: 203.0.113.11 } } }\n',
    'mesh.yaml': 'roles: { all: [banner] }\n',
    'roles/banner/role.yaml': example,
  });
  expect(roles[0]?.tasks).toHaveLength(1);
});
