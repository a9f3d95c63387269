/** A session: the inventory loaded, the hosts selected, and the means to talk to them. */
import { homedir } from 'node:os';
import { openBecomePasswords } from '../connection/become-passwords';
import type { Connect } from '../connection/connection';
import { openKeyring } from '../connection/credentials';
import {
  defaultKnownHostsFiles,
  knownHostsByConfig,
  KnownHostsUnreadable,
  openKnownHosts,
} from '../connection/known-hosts-files';
import { connectInProcess } from '../connection/in-process';
import type { LoginOptions } from '../connection/login';
import { connectByOpenssh } from '../connection/openssh';
import { openFleet } from '../executor/fleet';
import type { Assignment } from '../executor/inspection';
import type { Means } from '../executor/look';
import { type Loaded as Load, loadInventory } from '../inventory/load';
import { lockText, writeLock } from '../inventory/lock-file';
import type { SshConfigFiles } from '../inventory/ssh-config-files';
import { resolveEndpoints } from '../inventory/resolve';
import type { Inventory } from '../model/inventory';
import { allocate } from '../model/allocation';
import type { Lock } from '../model/lock';
import { references } from '../plan/values';
import { resources } from '../resources/closed-set';
import { becomePassword } from './become-password';
import { limited } from './limit';
import type { Interruption } from './interruption';
import type { Options } from './options';
import { openProgress } from './progress';
import { operator } from './operator';
import { unlockKeys } from './passphrases';
import { configuredBySsh, sshConfigOf, sshConfigWarnings } from './ssh-config';
import { UsageError } from './usage-error';

export interface Session {
  readonly assignment: Assignment;
  readonly means: Means;
  /** What the user asked for and does not get, and by now what is odd about hosts. */
  readonly warnings: readonly string[];
  /** Keeps the lock beside the inventory, if it is not what the file says already. */
  record(lock: Lock): Promise<void>;
  close(): Promise<void>;
}

/** An inventory without mistakes. */
export type Loaded = Extract<Load, { kind: 'loaded' }>;

/** Bounds one script on a host: installing packages over a slow line takes minutes. */
const scriptTimeoutMs = 15 * 60_000;

/** What a host may take to go back, once it has begun to. */
const goBackMs = 60_000;

export function load({ inventory }: Options): Promise<Load> {
  return loadInventory(inventory, process.cwd(), resources, references, today());
}

/** @throws UsageError where the options do not fit the inventory. */
export async function openSession(
  loaded: Loaded,
  options: Options,
  interruption: Interruption,
): Promise<Session> {
  const sshConfig = await sshConfigOf(options);
  const configured = await configuredBySsh(loaded.inventory, sshConfig, options);
  const hosts = await limited({ ...loaded, inventory: configured }, options.limit);
  const inventory = await resolved(configured);
  const { lock } = allocate(inventory, loaded.lock, today());
  const wanted = { inventory, lock, keysToCome: new Set<string>(), today: today() };
  const passwords = openBecomePasswords(await becomePassword(hosts, options));
  const keyring = openKeyring({ agentSocket: process.env['SSH_AUTH_SOCK'], home: homedir() });
  if (options.connection === 'in-process') await unlockKeys(hosts, keyring);
  const progress = await openProgress(options);
  interruption.say = progress.say;
  const connect = await connectWith(options, {
    ...{ keyring, becomePasswords: passwords, onAccepted: progress.say, sshConfig },
  });
  const fleet = openFleet(connect, { forks: options.forks });
  let recorded = lockText(loaded.lock);
  /** A host is asked more than once: of what is odd about it, the last look counts. */
  const odd = new Map<string, string>();
  return {
    assignment: { wanted, roles: loaded.roles, hosts },
    means: {
      fleet,
      timeoutMs: scriptTimeoutMs,
      confirmMs: options.confirmTimeout * 1000,
      patienceMs: options.confirmTimeout * 1000 + goBackMs,
      by: `${operator()}, process ${String(process.pid)}`,
      listen: (event) => {
        if (event.kind === 'host-warned') {
          odd.set(`${event.host} ${event.about}`, `${event.host}: ${event.warning}`);
        }
        progress.listen(event);
      },
      brake: interruption.brake,
    },
    get warnings() {
      return [...sshConfigWarnings(hosts), ...[...odd.values()].sort()];
    },
    record: async (next) => {
      if (lockText(next) === recorded) return;
      await writeLock(loaded.lockFile, next);
      recorded = lockText(next);
    },
    close: async () => {
      await progress.close();
      await fleet.close();
    },
  };
}

/** `YYYY-MM-DD`, in UTC. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

async function resolved(inventory: Inventory): Promise<Inventory> {
  const { inventory: found, unresolved } = await resolveEndpoints(inventory);
  if (unresolved.length > 0) {
    const each = unresolved.map(({ host, name, message }) => `  ${host}: ${name}: ${message}`);
    throw new UsageError(`these endpoints cannot be resolved to addresses:\n${each.join('\n')}`);
  }
  return found;
}

interface Ours extends Pick<LoginOptions, 'keyring' | 'becomePasswords' | 'onAccepted'> {
  readonly sshConfig: SshConfigFiles;
}

async function connectWith(options: Options, { sshConfig, ...ours }: Ours): Promise<Connect> {
  const home = homedir();
  try {
    const { knownHosts } = options;
    const files = knownHosts === undefined ? defaultKnownHostsFiles(home) : ([knownHosts] as const);
    const opened = await openKnownHosts(files);
    const login = {
      ...ours,
      knownHosts:
        knownHosts === undefined ? knownHostsByConfig(opened, home) : () => Promise.resolve(opened),
      acceptNew: options.acceptNew,
      connectTimeoutMs: options.timeout * 1000,
    };
    if (options.connection === 'in-process') return connectInProcess(login);
    const ofUser = { home, environment: process.env };
    return connectByOpenssh({ ...login, ...ofUser, arguments: sshConfig.arguments });
  } catch (error) {
    if (error instanceof KnownHostsUnreadable) throw new UsageError(error.message);
    throw error;
  }
}
