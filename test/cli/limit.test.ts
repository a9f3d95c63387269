/** `--limit` on an inventory as it is written. */
import path from 'node:path';
import { limited } from '../../src/cli/limit';
import { UsageError } from '../../src/cli/usage-error';
import { ansibleHosts } from '../inventory/ansible';
import { directoryOf, load, loaded } from '../inventory/directory';

const inventory = { 'hosts.ini': '[web]\nweb-2\nweb-1\n[db]\ndb-1\n[eu:children]\ndb\nweb\n' };

async function names(limit: string | undefined): Promise<readonly string[]> {
  return (await limited(await loaded(inventory), limit)).map(({ name }) => name);
}

test('without it, everybody', async () => {
  expect(await names(undefined)).toEqual(['db-1', 'web-1', 'web-2']);
});

test('a place in a group counts as the inventory is written', async () => {
  expect(await names('web[0]')).toEqual(['web-2']);
  expect(await names('eu[0]')).toEqual(['db-1']);
  expect(await names('all[-1]')).toEqual(['web-1']);
});

test('a file has one pattern a line', async () => {
  const file = path.join(directoryOf({ 'limit.txt': 'web\r\n\n  !web-1 \n' }), 'limit.txt');
  expect(await names(`@${file}`)).toEqual(['web-2']);
  expect(await names(`db,@${file}`)).toEqual(['db-1', 'web-2']);
});

test.each(['@/no/such/file', '@/', 'nobody', 'web:!web', ' '])(
  '%s is a mistake on the command line',
  async (limit) => {
    await expect(names(limit)).rejects.toThrow(UsageError);
  },
);

const many = directoryOf({
  'hosts.ini': `[web]\nweb-2\nweb-1\nweb-10\n[db]\ndb-1\ndb-2
[eu:children]\ndb\nweb\n[us]\nx.y\nweb-1\n`,
});
const patterns = [
  ...['web[0]', 'web[-1]', 'web[0:1]', 'web[1:]', 'eu[0]', 'eu[1:3]', 'all[0]', 'us[0],db[1]'],
  ...['web:!web-1', 'web:&us', '!web', '&us', 'db,us', 'web[0]:db[0]', 'all:!web[0:1]'],
  ...['*-1', '*-1[0]', 'web*', 'x.y', 'w?b-1', '[wd]*-1', '~web', '~(web|db)-1$'],
];
let theirs: ReadonlyMap<string, unknown>;

beforeAll(() => {
  theirs = ansibleHosts(path.join(many, 'hosts.ini'), patterns);
});

test.each(patterns)('%s means to us what it means to Ansible', async (pattern) => {
  const found = await load(many);
  if (found.kind === 'invalid') throw new Error('it has mistakes');
  const ours = await limited(found, pattern);
  expect(ours.map(({ name }) => name)).toEqual(theirs.get(pattern));
});
