/** `--limit` on an inventory as it is written. */
import path from 'node:path';
import { limited } from '../../src/cli/limit';
import { UsageError } from '../../src/cli/usage-error';
import { directoryOf, loaded } from '../inventory/directory';

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
