import { partsOf, select as selectParts, type WrittenOrder } from '../../src/model/host-pattern';
import { hostNamed } from './fleet';

const hosts = [
  hostNamed('cache-1', { groups: ['all', 'cache', 'eu'] }),
  hostNamed('db-1', { groups: ['all', 'db', 'eu'] }),
  hostNamed('db-2', { groups: ['all', 'db', 'us'] }),
  hostNamed('web-1', { groups: ['all', 'eu', 'web'] }),
  hostNamed('web-10', { groups: ['all', 'us', 'web'] }),
  hostNamed('web.2', { groups: ['all', 'us', 'web'] }),
];

/** Written the other way round than by name. */
const written = ['web.2', 'web-10', 'web-1', 'db-2', 'db-1', 'cache-1'];
const order: WrittenOrder = {
  hosts: written,
  groups: new Map(
    ['all', 'cache', 'db', 'eu', 'us', 'web'].map((group) => [
      group,
      written.filter((name) => hosts.find((host) => host.name === name)?.groups.includes(group)),
    ]),
  ),
};
const select = (pattern: string) => selectParts(partsOf(pattern), hosts, order);

test.each([
  ['all', ['cache-1', 'db-1', 'db-2', 'web-1', 'web-10', 'web.2']],
  ['*', ['cache-1', 'db-1', 'db-2', 'web-1', 'web-10', 'web.2']],
  ['db-1', ['db-1']],
  ['db', ['db-1', 'db-2']],
  ['db-2,db-1', ['db-1', 'db-2']],
  ['db:cache', ['cache-1', 'db-1', 'db-2']],
  ['db, cache', ['cache-1', 'db-1', 'db-2']],
  ['web-?', ['web-1']],
  ['web-*', ['web-1', 'web-10']],
  ['*-1', ['cache-1', 'db-1', 'web-1']],
  ['web.2', ['web.2']],
  ['e?', ['cache-1', 'db-1', 'web-1']],
  ['all:!db', ['cache-1', 'web-1', 'web-10', 'web.2']],
  ['!db', ['cache-1', 'web-1', 'web-10', 'web.2']],
  ['!db:all', ['cache-1', 'web-1', 'web-10', 'web.2']],
  ['web:&eu', ['web-1']],
  ['&eu:web', ['web-1']],
  ['&eu', ['cache-1', 'db-1', 'web-1']],
  ['web:db:&eu:!db-1', ['web-1']],
  ['!db-1:&eu:web:db', ['web-1']],
  ['all:!web-*', ['cache-1', 'db-1', 'db-2', 'web.2']],
  ['[cd]*-1', ['cache-1', 'db-1']],
  ['web-[0-9]', ['web-1']],
  ['[!cd]*-1', ['web-1']],
  ['web[0]', ['web.2']],
  ['web[-1]', ['web-1']],
  ['web[0:1]', ['web-10', 'web.2']],
  ['web[1:]', ['web-1', 'web-10']],
  ['web[0:99]', ['web-1', 'web-10', 'web.2']],
  ['web[0]:db[0]', ['db-2', 'web.2']],
  ['all:!web[0:1]', ['cache-1', 'db-1', 'db-2', 'web-1']],
  ['all[0]', ['web.2']],
  ['*-1[0]', ['web-1']],
  ['~web', ['web-1', 'web-10', 'web.2']],
  ['~(web|db)-1$', ['db-1', 'web-1']],
  ['~.*-1', ['cache-1', 'db-1', 'web-1', 'web-10']],
  ['web:&~.*0$', ['web-10']],
  ['~u[s]$,cache', ['cache-1', 'db-2', 'web-10', 'web.2']],
])('%s means %j', (pattern, names) => {
  const found = select(pattern);
  expect(found.kind === 'selected' && found.hosts.map((host) => host.name)).toEqual(names);
});

test.each([
  ['db-3', 'db-3'],
  ['db:wbe', 'wbe'],
  ['all:!wbe', 'wbe'],
  ['all:&wbe', 'wbe'],
  ['webX2', 'webX2'],
  ['web', undefined],
  ['DB', 'DB'],
  ['x*', 'x*'],
  // Globs that end too early are no reason to fail with a stack.
  ['web[', 'web['],
  ['[', '['],
  ['web(', 'web('],
  ['db-1)', 'db-1)'],
  ['\\d', '\\d'],
  ['+', '+'],
  ['web-[9-0]', 'web-[9-0]'],
  ['~[', '~['],
  ['~eb-1', '~eb-1'],
  ['web[3]', 'web[3]'],
  ['web[-4]', 'web[-4]'],
  ['web[3:5]', 'web[3:5]'],
  ['nobody[0]', 'nobody[0]'],
  ['!', ''],
])('in %s no host answers to %s', (pattern, part) => {
  const found = select(pattern);
  expect(found.kind === 'unknown' ? found.part : undefined).toBe(part);
});

test.each(['db:!db', 'db:&cache', '!all'])('%s leaves nobody', (pattern) => {
  expect(select(pattern)).toEqual({ kind: 'empty' });
});

test('an empty pattern is a mistake and not the whole fleet', () => {
  expect(select('').kind).not.toBe('selected');
  expect(select(' , ').kind).not.toBe('selected');
});
