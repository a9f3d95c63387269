/** Saved plans on the command line: what is refused before any host is connected to. */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, runIn } from './program';

const root = join(__dirname, '../..');

let directory: string;

function wgpush(...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, WGPUSH_STATE: join(directory, 'state') };
  return runIn(directory, [...args, '-i', 'prod', '--timeout', '1', '--quiet'], env);
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wgpush-plans-'));
});

/** An inventory of one host that nobody is, and a plan of it. */
beforeEach(async () => {
  const inventory = join(directory, 'inventory/prod');
  cpSync(join(root, 'inventory/minimal'), inventory, { recursive: true });
  writeFileSync(
    join(inventory, 'hosts.yaml'),
    'all: { hosts: { web-1: { ansible_host: 127.0.0.1, ansible_port: 9, wg_endpoint: none } } }\n',
  );
  expect((await wgpush('plan', '--out', 'plan.json')).code).toBe(4);
});

afterEach(() => {
  rmSync(join(directory, 'inventory'), { recursive: true });
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

const read = () =>
  JSON.parse(readFileSync(join(directory, 'plan.json'), 'utf8')) as Readonly<
    Record<string, unknown>
  >;

test('a plan says who made it of what, and of whom nothing was seen', () => {
  expect(read()).toMatchObject({
    schema: 'wgpush/plan/v1',
    madeBy: expect.stringMatching(/^wgpush \d+\.\d+\.\d+$/) as string,
    operator: expect.stringMatching(/^\S+@\S+$/) as string,
    inventory: {
      name: 'prod',
      files: { 'hosts.yaml': expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    },
    hosts: [{ host: 'web-1', outcome: 'unreachable', state: null, changes: [] }],
  });
});

test('what it was made of has to be as it was, whichever file it is', async () => {
  appendFileSync(join(directory, 'inventory/prod/hosts.yaml'), '# a word\n');
  writeFileSync(join(directory, 'inventory/prod/mesh.yaml'), 'topology: full-mesh\n');
  const { code, stdout, stderr } = await wgpush('apply', '--plan', 'plan.json');
  expect(stderr).toMatch(
    /^wgpush: plan\.json was made for another state of the inventory: hosts\.yaml has changed, mesh\.yaml is (new|has changed); nothing was done; make a new one with wgpush plan -i prod --out plan\.json/m,
  );
  expect([code, stdout]).toEqual([1, '']);
});

test('one that was edited is refused', async () => {
  const text = readFileSync(join(directory, 'plan.json'), 'utf8');
  writeFileSync(join(directory, 'plan.json'), text.replace('"unreachable"', '"unchanged"'));
  const { code, stderr } = await wgpush('apply', '--plan', 'plan.json');
  expect(stderr).toContain('plan.json is not as wgpush has written it; make a new one with ');
  expect(code).toBe(1);
});

test('a plan of what has not changed is taken, and its hosts are looked at again', async () => {
  const { code, stdout } = await wgpush('apply', '--plan', 'plan.json');
  expect(stdout).toMatch(/^web-1 +unreachable: /m);
  expect(code).toBe(4);
});

test.each([
  ['no/such/plan.json', '--out no/such/plan.json: there is no such directory'],
  ['inventory/prod/plan.json', 'is in the inventory, which it would change: write it elsewhere'],
])('it is not written to %s, and no host is asked', async (file, message) => {
  const { code, stderr } = await wgpush('plan', '--out', file);
  expect(stderr).toContain(message);
  expect(code).toBe(1);
});

test('wgpush says its version wherever it is run', async () => {
  const { stdout } = await runIn('/', ['--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
