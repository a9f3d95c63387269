/** How the tests connect: nothing of the user's own ssh (agent, keys, known_hosts) is looked at. */
import { randomBytes } from 'node:crypto';
import { openBecomePasswords } from '../../src/connection/become-passwords';
import type { Connect, Connection, Reply } from '../../src/connection/connection';
import { type KeyringOptions, openKeyring } from '../../src/connection/credentials';
import { openKnownHosts } from '../../src/connection/known-hosts-files';
import { sshConnect, type SshOptions } from '../../src/connection/ssh';
import type { HostKeyType, Sshd } from './sshd';

export type ConnectorOptions = Partial<SshOptions & KeyringOptions>;

export async function connector(
  knownHostsFile: string,
  options: ConnectorOptions = {},
): Promise<Connect> {
  const knownHosts = await openKnownHosts([knownHostsFile]);
  return sshConnect({
    knownHosts: () => Promise.resolve(knownHosts),
    acceptNew: false,
    connectTimeoutMs: 10_000,
    becomePasswords: openBecomePasswords(undefined),
    keyring: openKeyring({ agentSocket: undefined, home: '/nonexistent', ...options }),
    ...options,
  });
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
