/**
 * How the tests connect, over either connection: nothing of the user's own ssh (agent, keys, known_hosts,
 * configuration) is looked at.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBecomePasswords } from '../../src/connection/become-passwords';
import type { Connect, Connection, Reply } from '../../src/connection/connection';
import { type KeyringOptions, openKeyring } from '../../src/connection/credentials';
import { connectInProcess } from '../../src/connection/in-process';
import { openKnownHosts } from '../../src/connection/known-hosts-files';
import type { LoginOptions } from '../../src/connection/login';
import { connectByOpenssh } from '../../src/connection/openssh';
import type { HostKeyType, Sshd } from './sshd';

export type Kind = 'in-process' | 'openssh';

/** Each suite is for both connections; a file of `openssh/` has it run over the other one. */
let kind: Kind = 'in-process';

export function connectOver(other: Kind): void {
  kind = other;
}

/** What is another thing over the other connection. */
export function by<Value>(values: Readonly<Record<Kind, Value>>): Value {
  return values[kind];
}

/** A test of what one connection alone has. */
export function testOnly(only: Kind, name: string, body: () => Promise<void>): void {
  if (kind === only) test(name, body);
}

export interface ConnectorOptions extends Partial<LoginOptions & KeyringOptions> {
  /** For ssh; left out: there is none. */
  readonly sshConfigFile?: string;
}

export async function connector(
  knownHostsFile: string,
  { sshConfigFile, agentSocket, home = '/nonexistent', ...options }: ConnectorOptions = {},
): Promise<Connect> {
  const knownHosts = await openKnownHosts([knownHostsFile]);
  const login: LoginOptions = {
    knownHosts: () => Promise.resolve(knownHosts),
    acceptNew: false,
    connectTimeoutMs: 10_000,
    becomePasswords: openBecomePasswords(undefined),
    keyring: openKeyring({ agentSocket, home }),
    ...options,
  };
  if (kind === 'in-process') return connectInProcess(login);
  const environment = { ...process.env, SSH_AUTH_SOCK: agentSocket };
  const reading = (file: string): Connect =>
    connectByOpenssh({ ...login, home, environment, arguments: ['-F', file] });
  const named = reading(sshConfigFile ?? 'none');
  // ssh looks for default keys in the home directory that passwd(5) says.
  const unnamed = reading(sshConfigFile ?? fileWith(defaultKeys(home)));
  return (to) => (to.identityFile === undefined ? unnamed(to) : named(to));
}

const directory = mkdtempSync(join(tmpdir(), 'wgpush-connect-'));
let files = 0;
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function fileWith(text: string): string {
  files += 1;
  const file = join(directory, `config-${String(files)}`);
  writeFileSync(file, text);
  return file;
}

function defaultKeys(home: string): string {
  const names = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
  return names.map((name) => `IdentityFile ${join(home, '.ssh', name)}\n`).join('');
}

/** A file of known_hosts that has a host key of the sshd, at another port if it is behind a proxy. */
export function knowing(
  sshd: Sshd,
  { type = 'ed25519', port = sshd.port }: { type?: HostKeyType; port?: number } = {},
): string {
  return sshd.knownHosts(`[127.0.0.1]:${String(port)} ${sshd.publicKey(type)}\n`);
}

/** A connection to an sshd that is known. */
export async function connected(sshd: Sshd, port: number = sshd.port): Promise<Connection> {
  const connect = await connector(knowing(sshd, { port }));
  return connect({ ...sshd.login, port });
}

export function run(connection: Connection, script: string, timeoutMs = 20_000): Promise<Reply> {
  return connection.run({ script, timeoutMs, nonce: randomBytes(8).toString('hex') });
}

/** Tries until it holds, for what happens in other processes. */
export async function eventually(holds: () => boolean, withinMs = 5000): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
