/**
 * The keys to log in with, looked for as ssh does: the identity file of the login, else the agent
 * and then the files of the ssh configuration, or the user's default keys.
 *
 * Each file is parsed once per run and the agent asked once. Left to itself, ssh2 would do both for
 * each host.
 */
import { join } from 'node:path';
import type { AgentAuthMethod, PublicKeyAuthMethod } from 'ssh2';
import type { Jump } from '../model/host';
import type { Secret } from '../model/secret';
import { type Agent, openAgent } from './agent';
import { Unreachable } from './connection';
import { describedKey } from './host-key';
import { type IdentityFile, readIdentityFile, unlockedFile } from './identity-file';
import { keysOfSshOnly } from './only-by-ssh';

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
  /**
   * The encrypted files that would have to be unlocked to log in, in the order in which they are looked
   * for; none where there is another key to offer.
   */
  locked(login: Jump): Promise<readonly string[]>;
  /** Unlocks a file for the rest of the run; false where this is not its passphrase. */
  unlock(path: string, passphrase: Secret): Promise<boolean>;
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

  const agents = new Map<string, Promise<Agent | undefined>>();
  const agentOf = ({ settings }: Jump): Promise<Agent | undefined> => {
    const socket = settings?.identityAgent ?? agentSocket ?? 'none';
    if (socket === 'none') return Promise.resolve(undefined);
    const asked = agents.get(socket) ?? openAgent(socket);
    agents.set(socket, asked);
    return asked;
  };

  const found = (paths: readonly string[]): Promise<readonly Found[]> =>
    Promise.all(paths.map(async (path) => ({ path, identity: await identity(path) })));

  const pathsOf = ({ identityFile, settings }: Jump): readonly string[] => {
    if (identityFile !== undefined) return [identityFile.replace(/^~(?=\/)/, home)];
    return settings?.identityFiles ?? defaultNames.map((name) => join(home, '.ssh', name));
  };

  return {
    async locked(login) {
      const all = await found(pathsOf(login));
      if (all.every(({ identity: { kind } }) => kind !== 'encrypted')) return [];
      return lockedAmong(all, login, await agentOf(login));
    },

    async unlock(path, passphrase) {
      const identity = await unlockedFile(path, passphrase);
      if (identity !== undefined) files.set(path, Promise.resolve(identity));
      return identity !== undefined;
    },

    async credentials(login) {
      const paths = pathsOf(login);
      const [path] = paths;
      if (login.identityFile !== undefined && path !== undefined) {
        const only = await named(login.user, path, await identity(path), () => agentOf(login));
        return { offered: [only], passedOver: keysOfSshOnly(login) };
      }
      const offer = listed(login, await agentOf(login), await found(paths));
      if (offer.offered.length > 0) return offer;
      throw new Unreachable(nothingToOffer(offer, login, await agentOf(login)));
    },
  };
}

/** A file that was looked for, and what it is. */
interface Found {
  readonly path: string;
  readonly identity: IdentityFile;
}

/** Of files that somebody has named, other keys of the agent are no substitute. */
function lockedAmong(
  found: readonly Found[],
  { identityFile, settings }: Jump,
  agent: Agent | undefined,
): readonly string[] {
  const isHeld = ({ identity }: Found): boolean => {
    const publicKey = publicKeyOf(identity);
    return publicKey !== undefined && agent?.holds(publicKey) === true;
  };
  if (found.some((one) => one.identity.kind === 'usable' || isHeld(one))) return [];
  const areNamed = identityFile !== undefined || settings?.identityFiles !== undefined;
  const isAgentEnough = !areNamed && settings?.identitiesOnly !== true;
  if (isAgentEnough && (agent?.keys.length ?? 0) > 0) return [];
  return found.flatMap(({ path, identity }) => (identity.kind === 'encrypted' ? path : []));
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
    case 'public':
    case 'encrypted': {
      const { publicKey } = identity;
      const holder = publicKey && (await agent())?.offering([publicKey], { others: false });
      if (holder) return fromAgent(user, holder);
      const what = identity.kind === 'public' ? 'a public key' : 'encrypted';
      throw new Unreachable(
        `the identity file ${path} is ${what} and no ssh-agent holds it: run ssh-add ${path.replace(/\.pub$/, '')}`,
      );
    }
  }
}

/** As ssh does: of the agent the keys of these files first, then its others; the files themselves last. */
function listed(login: Jump, agent: Agent | undefined, found: readonly Found[]): Credentials {
  const { user, settings } = login;
  const offered: Credential[] = [];
  const passedOver: string[] = [];
  const publicKeys = found.flatMap(({ identity }) => publicKeyOf(identity) ?? []);
  const others = settings?.identitiesOnly !== true;
  const holder = agent?.offering(publicKeys, { others });
  if (holder !== undefined) offered.push(fromAgent(user, holder));
  for (const { path, identity } of found) {
    // A key counts against sshd's MaxAuthTries each time that it is offered.
    const publicKey = publicKeyOf(identity);
    if (publicKey !== undefined && agent?.holds(publicKey) === true) continue;
    if (identity.kind === 'usable') offered.push(fromFile(user, path, identity));
    else passedOver.push(...whyNot(path, identity, settings?.identityFiles !== undefined));
  }
  return { offered, passedOver: [...passedOver, ...keysOfSshOnly(login)] };
}

function publicKeyOf(identity: IdentityFile): Buffer | undefined {
  if (identity.kind === 'usable') return identity.key.getPublicSSH();
  return 'publicKey' in identity ? identity.publicKey : undefined;
}

/** Nobody misses a default key that is not there. */
function whyNot(
  path: string,
  identity: Exclude<IdentityFile, { kind: 'usable' }>,
  isConfigured: boolean,
): readonly string[] {
  switch (identity.kind) {
    case 'missing':
      return isConfigured ? [`${path} does not exist`] : [];
    case 'public':
      return isConfigured ? [`${path} is a public key, and no ssh-agent holds it`] : [];
    case 'encrypted':
      return [`${path} is encrypted: run ssh-add ${path}`];
    case 'unusable':
      return [`${path} can't be used: ${identity.reason}`];
  }
}

function nothingToOffer(
  { passedOver }: Credentials,
  { settings }: Jump,
  agent: Agent | undefined,
): string {
  const isEmpty = agent?.keys.length === 0;
  const held = isEmpty ? 'the ssh-agent is empty' : 'the ssh-agent holds none of them';
  const agentState =
    settings?.identityAgent === 'none'
      ? 'no ssh-agent is asked (IdentityAgent none)'
      : agent === undefined
        ? 'no ssh-agent answers'
        : held;
  const nothing =
    settings?.identityFiles === undefined
      ? `no identity file is set, ${agentState}, and no default key can be used`
      : `${agentState}, and no identity file of the ssh configuration can be used`;
  return [`no key to log in with: ${nothing}`, ...passedOver].join('; ');
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
