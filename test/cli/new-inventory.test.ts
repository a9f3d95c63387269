/** `wgpush init`, and what a person does next: the README's first steps, as it shows them. */
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, runIn } from './program';

const root = join(__dirname, '../..');

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wgpush-cli-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function wgpush(...args: readonly string[]): Promise<Ended> {
  return runIn(directory, args);
}

test('init writes an inventory that validates as it stands, and says what to do next', async () => {
  const made = await wgpush('init');
  expect(made).toEqual({
    code: 0,
    stdout: `inventory/prod holds a starter inventory now. Next:
  1. put your hosts in the place of those in inventory/prod/hosts.yaml
  2. wgpush validate --inventory prod
  3. wgpush plan --inventory prod
`,
    stderr: '',
  });
  const { code, stdout } = await wgpush('validate', '--inventory', 'prod');
  expect(code).toBe(0);
  // The README shows what a person sees now.
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(stdout);
});

test('what is no terminal gets no colours, in CI neither', async () => {
  await wgpush('init');
  const { stdout } = await new Promise<Ended>((resolve) => {
    const args = [join(root, 'bin/wgpush'), 'validate', '-i', 'prod'];
    const env = { PATH: process.env['PATH'], CI: 'true' };
    const child = execFile(process.execPath, args, { cwd: directory, env }, (_, out, stderr) => {
      resolve({ code: child.exitCode, stdout: out, stderr });
    });
  });
  expect(stdout).toMatch(/^prod\n/);
});

test.each([
  ['here', 'here'],
  ['./here/', 'here'],
  ['inventory/eu', 'eu'],
  ['a/b/c', 'a/b/c'],
])('init %s is known as %s afterwards', async (given, name) => {
  const { stdout } = await wgpush('init', given);
  expect(stdout).toContain(`wgpush validate --inventory ${name}\n`);
  expect((await wgpush('validate', '--inventory', name)).code).toBe(0);
});

test('init overwrites nothing: what is there is named', async () => {
  mkdirSync(join(directory, 'prod'));
  writeFileSync(join(directory, 'prod/hosts.yaml'), 'mine');
  const { code, stdout, stderr } = await wgpush('init', 'prod');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe('wgpush: prod is not empty, it has hosts.yaml; nothing was written\n');
  expect(readFileSync(join(directory, 'prod/hosts.yaml'), 'utf8')).toBe('mine');
  expect(readdirSync(directory)).toEqual(['prod']);
});

test('init below a file says so, and writes nothing', async () => {
  writeFileSync(join(directory, 'file'), '');
  const { code, stderr } = await wgpush('init', 'file/prod');
  expect(code).toBe(1);
  expect(stderr).toBe('wgpush: file/prod cannot be written (ENOTDIR); nothing was written\n');
  expect(existsSync(join(directory, 'file'))).toBe(true);
});

test('import makes an inventory that validates, and names what did not come along', async () => {
  cpSync(join(root, 'test/golden/import/wg-quick/source'), join(directory, 'confs'), {
    recursive: true,
  });
  const { code, stdout } = await wgpush('inventory', 'import', 'confs', 'inventory/new');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^inventory\/new holds what was understood of confs\.\n/);
  expect(stdout).toContain('  confs/alpha.conf:7:1: "PostUp" is not carried over');
  expect(stdout).toMatch(/\nNext: wgpush validate --inventory new\n$/);
  expect((await wgpush('validate', '--inventory', 'new')).code).toBe(0);
  const again = await wgpush('inventory', 'import', 'confs', 'inventory/new');
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(
    /^wgpush: inventory\/new is not empty, it has .*nothing was written\n$/,
  );
});

test('import of what cannot be read says why, and makes nothing', async () => {
  writeFileSync(join(directory, 'x.conf'), 'nonsense\n');
  for (const source of ['x.conf', 'nowhere']) {
    const { code, stdout, stderr } = await wgpush('inventory', 'import', source);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/:1:1: .*\nwgpush: .* cannot be read; nothing was written\n$/);
  }
  expect(readdirSync(directory)).toEqual(['x.conf']);
});

test.each(['hosts', 'mesh', 'services', 'exceptions', 'ignores', 'lock', 'role'])(
  'schema %s prints the schema that checks the file',
  async (name) => {
    const { code, stdout } = await wgpush('schema', name);
    expect(code).toBe(0);
    const source = join(root, `src/inventory/schemas/${name}.schema.json`);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(source, 'utf8')));
  },
);

test('schema of what has none says what there is', async () => {
  const { code, stderr } = await wgpush('schema', 'constructor');
  expect(code).toBe(1);
  expect(stderr).toBe(
    'wgpush: there is no schema of constructor; there are hosts, mesh, services, exceptions, ignores, lock, role, plan\n',
  );
});
