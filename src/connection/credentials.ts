/**
 * The keys to log in with, looked for as ssh does: the identity file of the login, else the agent
 * and then the user's default keys.
 *
 * Each file is parsed once per run and the agent asked once. Left to itself, ssh2 would do both for
 * each host.
 */
import { join } from 'node:path';
import type { AgentAuthMethod, PublicKeyAuthMethod } from 'ssh2';
import type { Jump } from '../model/host';
import { type Agent, openAgent } from './agent';
import { Unreachable } from './connection';
import { describedKey } from './host-key';
import { type IdentityFile, readIdentityFile } from './identity-file';

export interface Credential {
  /** As ssh2 wants it. */
  readonly method: PublicKeyAuthMethod | AgentAuthMethod;
  /** As a person knows it: `/root/.ssh/id_rsa (ssh-rsa SHA256:…)`. */
  readonly description: string;
}

export interface Credentials {
  /** In the order in which the host sees them; never empty. */
  readonly offered: readonly Credential[];
  /** Keys that were found and not offered, with the reason. */
  readonly passedOver: readonly string[];
}

export interface Keyring {
  /** @throws Unreachable where there is no key to log in with. */
  credentials(login: Jump): Promise<Credentials>;
}

export interface KeyringOptions {
  /** The user's home directory: where `~` and the default keys are. */
  readonly home: string;
  /** SSH_AUTH_SOCK. */
  readonly agentSocket: string | undefined;
}

const defaultNames = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

export function openKeyring({ home, agentSocket }: KeyringOptions): Keyring {
  const files = new Map<string, Promise<IdentityFile>>();
  const identity = (file: string): Promise<IdentityFile> => {
    const found = files.get(file) ?? readIdentityFile(file);
    files.set(file, found);
    return found;
  };

  let asked: Promise<Agent | undefined> | undefined;
  const agent = (): Promise<Agent | undefined> => {
    asked ??= agentSocket === undefined ? Promise.resolve(undefined) : openAgent(agentSocket);
    return asked;
  };

  return {
    async credentials({ user, identityFile }) {
      if (identityFile === undefined) {
        const paths = defaultNames.map((name) => join(home, '.ssh', name));
        const found = paths.map(async (path) => ({ path, identity: await identity(path) }));
        return defaultCredentials(user, await agent(), await Promise.all(found));
      }
      const path = identityFile.replace(/^~(?=\/)/, home);
      return { offered: [await named(user, path, await identity(path), agent)], passedOver: [] };
    },
  };
}

/** The key that the inventory asks for, and no other; the agent is asked only if it is needed. */
async function named(
  user: string,
  path: string,
  identity: IdentityFile,
  agent: () => Promise<Agent | undefined>,
): Promise<Credential> {
  switch (identity.kind) {
    case 'usable':
      return fromFile(user, path, identity);
    case 'missing':
      throw new Unreachable(`the identity file ${path} does not exist`);
    case 'unusable':
      throw new Unreachable(`the identity file ${path} can't be used: ${identity.reason}`);
    case 'encrypted': {
      const holder = identity.publicKey && (await agent())?.only(identity.publicKey);
      if (holder) return fromAgent(user, holder);
      throw new Unreachable(
        `the identity file ${path} is encrypted and no ssh-agent holds it: run ssh-add ${path}`,
      );
    }
  }
}

function defaultCredentials(
  user: string,
  agent: Agent | undefined,
  found: readonly { readonly path: string; readonly identity: IdentityFile }[],
): Credentials {
  const offered: Credential[] = [];
  const passedOver: string[] = [];
  if (agent !== undefined && agent.keys.length > 0) offered.push(fromAgent(user, agent));
  for (const { path, identity } of found) {
    if (identity.kind === 'usable') {
      // A key counts against sshd's MaxAuthTries each time that it is offered.
      const isInAgent = agent?.only(identity.key.getPublicSSH()) !== undefined;
      if (!isInAgent) offered.push(fromFile(user, path, identity));
    } else if (identity.kind === 'encrypted') {
      const isInAgent = identity.publicKey && agent?.only(identity.publicKey);
      if (!isInAgent) passedOver.push(`${path} is encrypted: run ssh-add ${path}`);
    } else if (identity.kind === 'unusable') {
      passedOver.push(`${path} can't be used: ${identity.reason}`);
    }
  }
  if (offered.length > 0) return { offered, passedOver };
  const agentState = agent === undefined ? 'no ssh-agent answers' : 'the ssh-agent is empty';
  const nothing = `no identity file is set, ${agentState}, and no default key can be used`;
  throw new Unreachable([`no key to log in with: ${nothing}`, ...passedOver].join('; '));
}

function fromFile(
  user: string,
  path: string,
  { key }: Extract<IdentityFile, { kind: 'usable' }>,
): Credential {
  return {
    method: { type: 'publickey', username: user, key },
    description: `${path} (${describedKey(key.getPublicSSH())})`,
  };
}

function fromAgent(user: string, agent: Agent): Credential {
  const keys = agent.keys.map((key) => describedKey(key.getPublicSSH()));
  return {
    method: { type: 'agent', username: user, agent },
    description: `${keys.join(', ')} of the ssh-agent`,
  };
}
