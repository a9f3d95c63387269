/** A broken inventory: exit 1, every mistake with its place, no stack, and nobody is connected to. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkReport } from '../report-schema';
import { type Ended, runIn } from './program';

const root = join(__dirname, '../..');
const broken = join(root, 'test/golden/broken');

function wgpush(directory: string, ...args: readonly string[]): Promise<Ended> {
  return runIn(directory, args);
}

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wgpush-cli-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** A subnet is full only for so long: those that left give their addresses back one day. */
const cases = readdirSync(broken)
  .filter((name) => name !== 'subnet-full-of-tombstones')
  .filter((_, index) => index % 8 === 0);

test.each(cases)('%s ends with exit code 1 and its mistakes, in text and in JSON', async (name) => {
  cpSync(join(broken, name), join(directory, 'inventory', 'prod'), { recursive: true });
  const text = await wgpush(directory, 'validate', '-i', 'prod');
  expect(text.code).toBe(1);
  expect(text.stderr).not.toMatch(/^ +at /m);
  expect(text.stdout).toMatch(/^\S+:\d+:\d+: .*\n/);
  expect(text.stdout).toContain('No host was connected to.');
  const json = await wgpush(directory, 'validate', '-i', 'prod', '--format', 'json');
  const report: unknown = JSON.parse(json.stdout);
  checkReport(report);
  expect(report).toMatchObject({ exitCode: 1, hosts: [], checks: [] });
});

// Its functions that check by schemas were made when it was built.
test.each(['role-arguments', 'several-files', 'bad-lock', 'variable-types'])(
  'the built program says of %s what its sources say',
  async (name) => {
    const { stdout } = await wgpush(join(broken, name), 'validate', '-i', '.');
    const expected = readFileSync(join(broken, name, 'expected.txt'), 'utf8');
    expect(stdout.slice(0, expected.length)).toBe(expected);
  },
);

describe('with a host that listens', () => {
  let server: Server;
  let connections: number;

  beforeEach(async () => {
    connections = 0;
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'key')]);
    // It listens on a port.
    const { port } = server.address() as AddressInfo;
    cpSync(join(root, 'inventory/minimal'), join(directory, 'inventory/prod'), { recursive: true });
    writeFileSync(
      join(directory, 'inventory/prod/hosts.yaml'),
      `all:\n  hosts:\n    a: { ansible_host: 127.0.0.1, ansible_port: ${String(port)}, ansible_ssh_private_key_file: ${directory}/key }\n`,
    );
  });

  afterEach(() => {
    server.close();
  });

  test.each(['plan', 'apply', 'drift', 'verify'])(
    '%s opens no connection while there is a mistake, and opens one without',
    async (command) => {
      const mesh = join(directory, 'inventory/prod/mesh.yaml');
      writeFileSync(mesh, 'network: { mtu: 12 }\n');
      const refused = await wgpush(directory, command, '-i', 'prod');
      expect(refused.code).toBe(1);
      expect(refused.stdout).toMatch(/^inventory\/prod\/mesh\.yaml:1:\d+: /);
      expect(connections).toBe(0);
      // Else the line above could not fail.
      rmSync(mesh);
      expect((await wgpush(directory, command, '-i', 'prod', '--timeout', '2')).code).toBe(4);
      expect(connections).toBeGreaterThan(0);
    },
  );
});

test('every command line that cannot be run says why in one line', async () => {
  for (const args of [
    [],
    ['aply'],
    ['plan'],
    ['plan', '-i', 'x', '--forks', '0'],
    ['plan', '--oops'],
  ]) {
    const { code, stdout, stderr } = await wgpush(directory, ...args);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^wgpush: .*\n$/);
  }
});

test('--help shows every command and every exit code', async () => {
  const { code, stdout } = await wgpush(directory, '--help');
  expect(code).toBe(0);
  for (const word of ['validate', 'plan', 'apply', 'verify', 'drift']) {
    expect(stdout).toContain(`wgpush ${word}`);
  }
  for (const number of [0, 1, 2, 3, 4])
    expect(stdout).toMatch(new RegExp(`^  ${String(number)}  `, 'm'));
});

test('the README names the commands that --help names, and the exit codes with it', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const { stdout } = await wgpush(directory, '--help');
  for (const [, command] of stdout.matchAll(/^ {2}wgpush (\w+)/gm)) {
    expect(readme).toContain(`wgpush ${command ?? ''}`);
  }
});
