/** We read an inventory as Ansible does: the same hosts, groups and variables. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { hostsNames } from '../../src/inventory/inventory-files';
import { listing } from '../../src/inventory/listing';
import { problemText } from '../../src/model/problem';
import { ansibleListings, ordered } from './ansible';
import { load } from './directory';

const golden = path.join(__dirname, '../golden/ansible');
const cases = readdirSync(golden).sort();

function hostsFileOf(name: string): string {
  const files = readdirSync(path.join(golden, name));
  return path.join(golden, name, files.find((file) => hostsNames.includes(file)) ?? '');
}

let listings: ReadonlyMap<string, unknown>;

beforeAll(() => {
  listings = ansibleListings(cases.map(hostsFileOf));
});

test('there are cases', () => {
  expect(cases.length).toBeGreaterThan(50);
});

test.each(cases)('%s', async (name) => {
  const found = await load(path.join(golden, name));
  if (found.kind === 'invalid') throw new Error(found.problems.map(problemText).join('\n'));
  // What is printed, and not what was in memory.
  const ours: unknown = JSON.parse(JSON.stringify(listing(found.groups)));
  expect(ordered(ours)).toEqual(ordered(listings.get(hostsFileOf(name))));
});
