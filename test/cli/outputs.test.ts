/** Where reports go: the built program, its files, its stdout and its stderr. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkReport } from '../report-schema';
import { checkMetrics, checkSarif, junitSuites } from '../report/consumers';
import { type Ended, runIn } from './program';

const root = join(__dirname, '../..');

let directory: string;

function wgpush(...args: readonly string[]): Promise<Ended> {
  return runIn(directory, args);
}

const written = (name: string) => readFileSync(join(directory, name), 'utf8');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wgpush-outputs-'));
  cpSync(join(root, 'inventory/complete'), join(directory, 'inventory/prod'), { recursive: true });
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('each file has the format that its ending says, and stdout is empty', async () => {
  const files = ['r.json', 'r.xml', 'r.sarif', 'r.prom', 'r.txt'];
  const outputs = files.flatMap((file) => ['--output', file]);
  const { code, stdout, stderr } = await wgpush('validate', '-i', 'prod', ...outputs);
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toMatch(/^Valid[^\n]*\.\n$/);
  checkReport(JSON.parse(written('r.json')));
  expect(junitSuites(written('r.xml'))[0]?.name).toBe('inventory');
  checkSarif(JSON.parse(written('r.sarif')));
  checkMetrics(written('r.prom'));
  expect(written('r.txt')).toContain('Valid');
  // Nothing is left over beside them.
  expect(readdirSync(directory).sort()).toEqual([...files, 'inventory'].sort());
});

test('--format is stronger than the ending, and --quiet says nothing', async () => {
  const args = ['--format', 'sarif', '-o', 'a.json', '-o', 'b', '--quiet'];
  const { code, stdout, stderr } = await wgpush('validate', '-i', 'prod', ...args);
  expect([code, stdout, stderr]).toEqual([0, '', '']);
  checkSarif(JSON.parse(written('a.json')));
  expect(written('b')).toBe(written('a.json'));
});

test.each(['json', 'junit', 'sarif', 'prometheus'])(
  'without --output, %s is all that stdout has',
  async (format) => {
    const { stdout, stderr } = await wgpush('validate', '-i', 'prod', '--format', format);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^[{<#]/);
  },
);

test('a file is replaced, a link stays one, and the umask says who may read it', () => {
  writeFileSync(join(directory, 'old.json'), 'old');
  symlinkSync('old.json', join(directory, 'link.json'));
  const command = 'umask 027; exec "$0" "$1" validate -i prod -q -o link.json';
  const words = [process.execPath, join(root, 'bin/wgpush')];
  execFileSync('sh', ['-c', command, ...words], { cwd: directory });
  expect(readdirSync(directory).sort()).toEqual(['inventory', 'link.json', 'old.json']);
  checkReport(JSON.parse(written('old.json')));
  expect(statSync(join(directory, 'old.json')).mode & 0o777).toBe(0o640);
});

test('an invalid inventory is reported in the files too', async () => {
  writeFileSync(join(directory, 'inventory/prod/mesh.yaml'), 'network: { mtu: 12 }\n');
  const args = ['-o', 'r.xml', '-o', 'r.sarif', '-o', 'r.prom'];
  const { code, stdout, stderr } = await wgpush('drift', '-i', 'prod', ...args);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^\d+ mistakes?\. No host was connected to\.\n$/);
  const [suite] = junitSuites(written('r.xml'));
  expect(suite?.cases.map(({ name }) => name)).toContainEqual(
    expect.stringMatching(/^inventory\/prod\/mesh\.yaml:1:\d+$/),
  );
  checkSarif(JSON.parse(written('r.sarif')));
  checkMetrics(written('r.prom'));
});

test.each<[string, readonly string[], RegExp]>([
  ['an ending that says nothing', ['-o', 'report'], /\.json \(json\).*\.prom \(prometheus\)/],
  ['no name', ['--output='], /--output needs a value/],
  ['no directory', ['-o', 'none/r.json'], /there is no such directory/],
  ['a directory', ['-o', 'd.json'], /no plain file/],
  ['a device', ['-o', '/dev/null', '--format', 'json'], /no plain file/],
  ['a file for a directory', ['-o', 'f/r.json'], /its directory is a file/],
  ['the same twice', ['-o', 'r.json', '-o', './r.json'], /given twice/],
])('%s is refused before anything is done', async (_, args, reason) => {
  mkdirSync(join(directory, 'd.json'));
  writeFileSync(join(directory, 'f'), '');
  // It would be reported, had it been looked at.
  writeFileSync(join(directory, 'inventory/prod/mesh.yaml'), 'network: { mtu: 12 }\n');
  const { code, stdout, stderr } = await wgpush('drift', '-i', 'prod', ...args);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^wgpush: [^\n]*\n$/);
  expect(stderr).toMatch(reason);
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

test('a file that cannot be written in the end hides no report', async () => {
  const server = createServer((socket) => {
    // What was there when it was looked for is gone when the report is ready.
    rmSync(join(directory, 'out'), { recursive: true, force: true });
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  mkdirSync(join(directory, 'out'));
  rmSync(join(directory, 'inventory/prod'), { recursive: true });
  mkdirSync(join(directory, 'inventory/prod'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'key')]);
  writeFileSync(
    join(directory, 'inventory/prod/hosts.yaml'),
    `all:\n  hosts:\n    a: { ansible_host: 127.0.0.1, ansible_port: ${String(port)}, ansible_ssh_private_key_file: ${directory}/key }\n`,
  );
  const args = ['-o', 'out/r.json', '-o', 'r.prom', '--timeout', '2'];
  const { code, stdout, stderr } = await wgpush('drift', '-i', 'prod', ...args);
  server.close();
  expect(code).toBe(4);
  expect(stderr).toContain('wgpush: out/r.json cannot be written (ENOENT)\n');
  const report = JSON.parse(stdout) as { readonly exitCode: number };
  checkReport(report);
  expect(report.exitCode).toBe(4);
  // An unreachable host is told, and not as a clean one.
  expect(written('r.prom')).toMatch(/^wgpush_host_unreachable\{.*host="a"\} 1$/m);
  expect(written('r.prom')).not.toContain('wgpush_host_drift_changes');
});
