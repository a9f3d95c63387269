/** Runs over fake hosts: roles, an inventory of three hosts, and the means to reach them. */
import { apply } from '../../src/executor/application';
import { Brake } from '../../src/executor/brake';
import type { Event } from '../../src/executor/event';
import { type Fleet, openFleet } from '../../src/executor/fleet';
import { type Assignment, inspect } from '../../src/executor/inspection';
import { allAtOnce, type RolloutOptions } from '../../src/executor/rollout';
import type { Lock } from '../../src/model/lock';
import type { HostOutcome } from '../../src/model/outcome';
import type { Role } from '../../src/model/role';
import { hostNamed, inventoryOf, lockOf, today } from '../model/fleet';
import { FakeHost, FakeNetwork, type Trouble } from './fake-hosts';

export const unit = 'wg-quick@wg0.service';
const files = { key_file: '$wireguard.key_file', config_file: '$wireguard.config_file' };

const allRoles: readonly Role[] = [
  {
    name: 'install',
    description: '',
    barrier: true,
    tasks: [
      { resource: 'package', args: { names: ['wireguard-tools'] } },
      { resource: 'wireguard-key', args: files },
    ],
  },
  {
    name: 'mesh',
    description: '',
    barrier: false,
    tasks: [
      {
        resource: 'wireguard-interface',
        args: {
          ...files,
          name: 'wg0',
          unit,
          addresses: '$wireguard.addresses',
          routes: '$wireguard.routes',
          listen_port: 51820,
          mtu: 1420,
          quarantineDays: 30,
          peers: '$wireguard.peers',
        },
      },
      { resource: 'systemd-unit', args: { unit, enabled: true } },
    ],
  },
  {
    name: 'check',
    description: '',
    barrier: false,
    tasks: [
      {
        resource: 'peers-check',
        args: { host: '$host.name', interface: 'wg0', peers: '$wireguard.members' },
      },
    ],
  },
];

/** Fake hosts have no network, so that no check of theirs holds. */
export const rolesWithoutChecks = allRoles.slice(0, 2);

/** Enough where it does not matter what is pushed. */
export const installRole = allRoles.slice(0, 1);

export const names = ['a', 'b', 'c'] as const;
const opened: Fleet[] = [];
afterEach(async () => {
  for (const fleet of opened.splice(0)) await fleet.close();
});

/** A fleet of three bare hosts, of which the lock knows some keys, and what a run is about. */
export function fleetOf({ keys = [] as readonly string[], forks = 10, roles = allRoles } = {}) {
  const hosts = new Map(names.map((name) => [name as string, new FakeHost()]));
  const network = new FakeNetwork(hosts);
  const inventory = inventoryOf(
    names.map((name) =>
      hostNamed(name, {
        roles: roles.map((role) => role.name),
        login: {
          host: name,
          port: 22,
          user: 'root',
          identityFile: undefined,
          become: undefined,
          jumps: [],
          alias: name,
          open: [],
          settings: undefined,
        },
      }),
    ),
  );
  const fleet = openFleet(network.connect, { forks });
  opened.push(fleet);
  const events: Event[] = [];
  const locks: Lock[] = [];
  const lock = lockOf(inventory, { withoutKey: names.filter((name) => !keys.includes(name)) });
  const assignment: Assignment = {
    wanted: { inventory, lock, keysToCome: new Set(), today },
    roles,
    hosts: inventory.hosts,
  };
  const means = {
    fleet,
    timeoutMs: 10_000,
    confirmMs: 1000,
    patienceMs: 5000,
    by: 'alice@laptop, process 7',
    listen: (event: Event) => events.push(event),
    brake: new Brake(),
  };
  const look = (only: Assignment = assignment) => inspect(only, means, { checks: false });
  return {
    ...{ assignment, events, fleet, locks, means, network },
    host: (name: string): FakeHost => {
      const found = hosts.get(name);
      if (found === undefined) throw new Error(`no host ${name}`);
      return found;
    },
    look,
    /** Looks and applies. */
    run: async (only: Assignment = assignment, options: RolloutOptions = allAtOnce) =>
      apply(
        only,
        await look(only),
        means,
        (known) => {
          locks.push(known);
          return Promise.resolve();
        },
        options,
      ),
  };
}

export function outcomes(hosts: readonly HostOutcome[]): Readonly<Record<string, string>> {
  return Object.fromEntries(hosts.map(({ host, outcome }) => [host, outcome]));
}

export function outcomeOf(hosts: readonly HostOutcome[], name: string): HostOutcome {
  const found = hosts.find(({ host }) => host === name);
  if (found === undefined) throw new Error(`no outcome of ${name}`);
  return found;
}

export const garbage: Trouble = () =>
  Promise.resolve({
    ...{ stdout: Buffer.from('Bus error\n'), stderr: Buffer.alloc(0) },
    ...{ exitCode: 0, loginShellMs: 1 },
  });
export const throws =
  (error: Error): Trouble =>
  () =>
    Promise.reject(error);
