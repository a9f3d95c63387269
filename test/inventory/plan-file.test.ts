/** Saved plans in files: what is written is read again, and nothing else is taken for one. */
import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlan, writePlan } from '../../src/inventory/plan-file';
import { planSchema, type SavedPlan, sealed, signatureOf } from '../../src/model/saved-plan';
import { sh } from '../../src/model/shell';
import { freshDirectory } from '../facts/shell';

const hash = 'a1'.repeat(32);
const version = 'wgpush 0.1.0';

const plan = sealed({
  schema: planSchema,
  madeBy: version,
  madeAt: '2026-11-26T05:00:00.000Z',
  operator: 'alice@laptop',
  inventory: { name: 'prod', commit: null, files: { 'hosts.yaml': hash } },
  hosts: [
    {
      host: 'web-1',
      outcome: 'pending',
      state: hash,
      changes: [{ role: 'install', resource: 'package', summary: 'install ufw', signature: hash }],
    },
    { host: 'web-2', outcome: 'unreachable', state: null, changes: [] },
  ],
});

async function reading(text: string) {
  const file = join(freshDirectory(), 'plan.json');
  writeFileSync(file, text);
  return readPlan(file, version);
}

const changed = (part: Partial<SavedPlan>) => JSON.stringify({ ...plan, ...part });

it('what is written is read again, for its owner alone, behind a link too', async () => {
  const directory = freshDirectory();
  symlinkSync('target.json', join(directory, 'plan.json'));
  writeFileSync(join(directory, 'target.json'), '', { mode: 0o644 });
  await writePlan(join(directory, 'plan.json'), plan);
  expect(statSync(join(directory, 'target.json')).mode & 0o777).toBe(0o600);
  expect(await readPlan(join(directory, 'plan.json'), version)).toEqual({ kind: 'read', plan });
});

it.each<[string, string, string]>([
  ['no JSON', 'hosts:\n', 'is no plan: it is not JSON'],
  ['half of one', JSON.stringify(plan).slice(0, -9), 'is no plan: it is not JSON'],
  ['a list', '[]', 'is no plan'],
  ['a report', '{"schema":"wgpush/report/v1"}', 'is no plan'],
  [
    'one of another wgpush',
    changed({ madeBy: 'wgpush 0.2.0' }),
    'was made by wgpush 0.2.0, and this is wgpush 0.1.0',
  ],
  [
    'one of a later wgpush, of another shape',
    '{"schema":"wgpush/plan/v2","madeBy":"wgpush 2.0.0","all":[]}',
    'was made by wgpush 2.0.0, and this is wgpush 0.1.0',
  ],
  [
    'one of another shape by this one',
    '{"schema":"wgpush/plan/v2","madeBy":"wgpush 0.1.0"}',
    'is a plan of another kind, wgpush/plan/v2',
  ],
  [
    'one with a key more',
    JSON.stringify({ ...plan, run: 'rm' }),
    'is not as wgpush has written it',
  ],
  [
    'one with a host less',
    changed({ hosts: plan.hosts.slice(1) }),
    'is not as wgpush has written it',
  ],
  [
    'one with another text',
    JSON.stringify(plan).replace('install ufw', 'install nothing'),
    'is not as wgpush has written it',
  ],
])('%s is refused', async (_, text, why) => {
  expect(await reading(text)).toEqual({ kind: 'refused', why });
});

it('a file that is not there is said', async () => {
  expect(await readPlan(join(freshDirectory(), 'none'), version)).toEqual({
    kind: 'refused',
    why: 'cannot be read (ENOENT)',
  });
});

it('a change is known by all that it says and does', () => {
  const change = {
    ...{ role: 'r', resource: 'file', summary: 's', before: '', after: 'a', commands: [sh`true`] },
    undo: { paths: ['/etc/a'] },
  };
  const others = [
    ...[{ summary: 't' }, { before: 'b' }, { after: 'b' }, { commands: [sh`false`] }],
    ...[{ role: 'q' }, { resource: 'x' }, { undo: undefined }, { reason: 'because' }],
    { isDeferred: true as const },
  ];
  const signatures = [change, ...others.map((other) => ({ ...change, ...other }))].map(signatureOf);
  expect(new Set(signatures).size).toBe(others.length + 1);
  expect(signatureOf({ ...change })).toBe(signatures[0]);
});
