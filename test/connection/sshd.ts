/**
 * A real sshd on a free port of 127.0.0.1, with host keys and a directory of its own; it lets in the
 * user who runs the tests.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Login } from '../../src/model/host';

export type HostKeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface Sshd {
  readonly port: number;
  /** What an identity file of this sshd's only key looks like. */
  readonly login: Login;
  /** The `type base64` of a host key, as known_hosts has it. */
  publicKey(type: HostKeyType): string;
  fingerprint(type: HostKeyType): string;
  /** A file of known_hosts that has what it is given. */
  knownHosts(text: string): string;
  log(): string;
  stop(): Promise<void>;
}

export interface SshdOptions {
  readonly hostKeys?: readonly HostKeyType[];
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
  readonly port?: number;
}

const program = '/usr/sbin/sshd';

/** Whatever ends the tests closes the pipe; so no sshd is left behind. */
const untilStdinEnds = '"$0" -D -e -f "$1" & read -r _; kill $!; wait';

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const { hostKeys = ['ed25519'], config = [], port = await freePort() } = options;
  const directory = mkdtempSync(join(tmpdir(), 'wgpush-sshd-'));
  // sshd run by root wants the directory that the distribution's unit makes at boot.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  for (const type of hostKeys) newKey(join(directory, `host_${type}`), type);
  const identityFile = newKey(join(directory, 'identity'), 'ed25519');
  const defaults = [
    `Port ${String(port)}`,
    'ListenAddress 127.0.0.1',
    ...hostKeys.map((type) => `HostKey ${join(directory, `host_${type}`)}`),
    `AuthorizedKeysFile ${identityFile}.pub`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'MaxStartups 100',
    'LogLevel VERBOSE',
    // Not the start-up files of whoever runs the tests: they may print, and cost time.
    `SetEnv HOME=${directory}`,
  ];
  // Of most keywords the first value counts, but not of all: no keyword may be there twice.
  const isOpen = (line: string): boolean => !config.some((own) => keyword(own) === keyword(line));
  const lines = [...config, ...defaults.filter(isOpen), ''];
  const file = join(directory, 'sshd_config');
  writeFileSync(file, lines.join('\n'));

  const child = spawn('/bin/sh', ['-c', untilStdinEnds, program, file], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let log = '';
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.stdin.end();
      reject(new Error(`${program} does not listen: ${log}`));
    }, 10_000);
    child.stderr.on('data', (piece: Buffer) => {
      log += piece.toString();
      if (!log.includes('Server listening')) return;
      clearTimeout(timer);
      resolve();
    });
  });

  let files = 0;
  return {
    port,
    login: {
      host: '127.0.0.1',
      port,
      user: userInfo().username,
      identityFile,
      become: undefined,
      jumps: [],
      alias: '127.0.0.1',
      open: [],
      settings: undefined,
    },
    publicKey: (type) => publicKeyOf(join(directory, `host_${type}`)),
    fingerprint: (type) => fingerprintOf(join(directory, `host_${type}`)),
    knownHosts(text) {
      files += 1;
      const file = join(directory, `known_hosts_${String(files)}`);
      writeFileSync(file, text);
      return file;
    },
    log: () => log,
    async stop() {
      child.stdin.end();
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function keyword(line: string): string {
  return line.split(' ')[0] ?? '';
}

/** Makes a key pair and gives the name of the private file. */
export function newKey(file: string, type: HostKeyType, ...options: readonly string[]): string {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'test', ...options, '-f', file]);
  return file;
}

/** `type base64` */
export function publicKeyOf(file: string): string {
  return readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
}

/** As ssh-keygen computes it, so that our own is held against something. */
export function fingerprintOf(file: string): string {
  const line = execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' });
  return line.split(' ')[1] ?? '';
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
