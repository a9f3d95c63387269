/** Runs that are interrupted, or whose time is up, while they look: the built program, and a host that never answers. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import type { JournalEntry } from '../../src/model/journal-entry';
import { directoryOf } from '../inventory/directory';
import { checkReport } from '../report-schema';

const program = path.join(__dirname, '../../bin/wgpush');

let server: Server;
let directory: string;
const sockets: Socket[] = [];

beforeEach(async () => {
  server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    server.emit('reached');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  directory = directoryOf({
    'inventory/prod/hosts.yaml': `all:
  hosts:
    a: { ansible_host: 127.0.0.1, ansible_port: ${String(port)}, ansible_ssh_private_key_file: ./key }
`,
  });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(directory, 'key')]);
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

/** Runs it, and sends a signal when it has come to the host. */
async function interrupted(signal: NodeJS.Signals | undefined, ...args: readonly string[]) {
  const reached = once(server, 'reached');
  const child = spawn(process.execPath, [program, ...args, '-i', 'prod', '--timeout', '100'], {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, WGPUSH_STATE: path.join(directory, 's') },
  });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(String(chunk)));
  const ended = once(child, 'close');
  await Promise.race([reached, ended]);
  if (signal !== undefined) child.kill(signal);
  await ended;
  return { code: child.exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
}

/** The one state directory. */
function stateIn(): string {
  const [name = ''] = readdirSync(path.join(directory, 's'));
  return path.join(directory, 's', name);
}

function entries(): readonly JournalEntry[] {
  const lines = readFileSync(path.join(stateIn(), 'journal.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as JournalEntry);
}

describe.each(['drift', 'verify', 'plan', 'status', 'apply'])('%s', (command) => {
  test('ends at once, says so, and leaves no lock', async () => {
    const { code, stdout, stderr } = await interrupted('SIGINT', command);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('wgpush: interrupted by SIGINT; nothing was changed\n');
    expect(stderr).not.toContain('unreachable');
    expect(readdirSync(stateIn()).filter((name) => name.includes('.lock'))).toEqual([]);
    expect(entries()).toMatchObject([{ command, exitCode: 1, error: 'interrupted by SIGINT' }]);
    expect(existsSync(path.join(directory, 'inventory/prod/wgpush.lock.yaml'))).toBe(false);
    const [socket] = sockets;
    if (socket?.closed === false) await once(socket.resume(), 'close');
  });
});

test.each<NodeJS.Signals>(['SIGTERM', 'SIGHUP'])('%s is as good as Ctrl-C', async (signal) => {
  const { code, stderr } = await interrupted(signal, 'drift', '--quiet');
  expect(code).toBe(1);
  expect(stderr).toBe(`wgpush: interrupted by ${signal}; nothing was changed\n`);
});

test('a watch is ended like any other look', async () => {
  const { code } = await interrupted('SIGINT', 'verify', '--watch', '1h');
  expect(code).toBe(1);
});

test('when the time of the run is up, it ends, and whoever has not answered is not clean', async () => {
  const { code, stdout } = await interrupted(
    undefined,
    ...['drift', '--run-timeout', '1s', '--format', 'json'],
  );
  const report: unknown = JSON.parse(stdout);
  checkReport(report);
  expect(report).toMatchObject({
    hosts: [
      { outcome: 'failed', error: 'not looked at: the time of the run, 1 s, was up', changes: [] },
    ],
  });
  expect(code).toBe(3);
});
