/** Whole fleets as `verify` and `drift` tell of them, in any size, with what the page has to show. */
import { familyOf } from '../../src/model/address';
import type { Check, CheckId } from '../../src/model/check';
import { exposuresOf } from '../../src/model/exposure';
import type { ExternalPeer } from '../../src/model/external-peer';
import type { Handshake } from '../../src/model/handshake';
import { meshOf, type Mesh } from '../../src/model/mesh';
import type { HostOutcome, RunOutcome } from '../../src/model/outcome';
import type { Topology } from '../../src/model/topology';
import { exceptionNamed, externalNamed, inventoryOf, ip, lockOf, today } from '../model/fleet';
import { runs } from './runs';

export interface FleetRun {
  readonly command?: RunOutcome['command'];
  readonly topology?: Topology;
  readonly externals?: readonly ExternalPeer[];
  /** Nobody reaches these, and the controller neither. */
  readonly down?: readonly string[];
  /** Pairs, `from to`, of which one family does not answer. */
  readonly broken?: readonly string[];
  /** Only these were looked at; undefined: all. */
  readonly looked?: readonly string[];
  readonly more?: Partial<RunOutcome>;
}

export function fleetRun(hostNames: readonly string[], options: FleetRun = {}): RunOutcome {
  const { command = 'verify', topology, externals = [], down = [], looked = hostNames } = options;
  const inventory = inventoryOf(hostNames, {
    name: 'prod',
    externals,
    ...(topology === undefined ? {} : { topology }),
    exceptions: [
      exceptionNamed('EX-001', {
        hosts: hostNames.slice(0, 2),
        reason: 'Public HTTPS entry point',
      }),
      exceptionNamed('EX-002', {
        hosts: hostNames.slice(-1),
        ports: [{ first: 25, last: 25 }],
        owner: 'mail-team',
        reason: 'Mail until the relay has moved',
        expires: '2026-06-30',
      }),
    ],
  });
  const mesh = meshOf(inventory, lockOf(inventory));
  const hosts = inventory.hosts.filter(({ name }) => looked.includes(name));
  const asked = hosts.map(({ name }) => name).filter((name) => !down.includes(name));
  return {
    command,
    inventory: 'prod',
    startedAt: `${today}T09:00:00.000Z`,
    durationMs: 2345,
    hosts: hosts.map(({ name }): HostOutcome => ({
      host: name,
      outcome: down.includes(name) ? 'unreachable' : 'unchanged',
      changes: [],
      error: down.includes(name) ? 'connection to 203.0.113.41:22 timed out after 5 s' : null,
    })),
    checks: asked.flatMap((name) => [
      ...pairChecks(name, mesh, options),
      check('SC-2', name, `postgres is closed on the public address 203.0.113.7:5432`),
      check('INV-1', name, `nothing undeclared listens on a public address of ${name}`),
      check('INV-2', name, `${name} is who the lock says`),
    ]),
    exposures: exposuresOf(hosts, inventory, today),
    handshakes: asked.flatMap((name) => sessionsOf(name, mesh, down)),
    mesh,
    problems: [],
    warnings: [],
    ...options.more,
  };
}

function check(id: CheckId, host: string, title: string, more: Partial<Check> = {}): Check {
  return { id, host, title, status: 'pass', evidence: 'as declared', ...more };
}

function pairChecks(name: string, mesh: Mesh, { down = [], broken = [] }: FleetRun): Check[] {
  return [...(mesh.get(name)?.peers ?? [])].flatMap(({ host: peer }) => {
    const node = mesh.get(peer);
    const isDown = down.includes(peer);
    const pings = (node?.addresses ?? []).map((address) => {
      const isSilent = isDown || (broken.includes(`${name} ${peer}`) && familyOf(address) === 6);
      const title = `${name} reaches ${peer} at ${address}`;
      if (!isSilent) return check('SC-1', name, title, { peer, evidence: 'it answered a ping' });
      const status = node?.isManaged === true ? ('fail' as const) : ('skip' as const);
      const evidence = isDown
        ? `no answer to pings in 11 s; ${peer} could not be reached in this run either`
        : 'no answer to pings in 11 s: a firewall is in the way';
      return check('SC-1', name, title, { peer, status, evidence });
    });
    if (node?.isManaged !== true) return pings;
    const title = `the handshake of ${name} with ${peer} is fresh`;
    const fresh = isDown
      ? ({ status: 'fail', evidence: '4711 s old' } as const)
      : { evidence: '14 s old' };
    return [...pings, check('SC-3', name, title, { peer, ...fresh })];
  });
}

function sessionsOf(host: string, mesh: Mesh, down: readonly string[]): readonly Handshake[] {
  return [...(mesh.get(host)?.peers ?? [])].map(({ host: peer, endpoint }, index) => ({
    host,
    peer,
    endpoint: endpoint ?? null,
    ageSeconds: down.includes(peer) ? null : 14 + index,
    receivedBytes: 1_234_567,
    sentBytes: 98_765,
  }));
}

const changes = runs['plan-of-one-host']?.hosts[0]?.changes ?? [];
const three = ['db-1', 'web-1', 'web-2'];
const hundred = Array.from({ length: 100 }, (_, index) => {
  const kind = ['cache', 'db', 'queue', 'web'][Math.floor(index / 25)] ?? 'web';
  return `${kind}-${String((index % 25) + 1).padStart(2, '0')}`;
});

/** By name. */
export const fleetRuns: Readonly<Record<string, RunOutcome>> = {
  'three hosts, all well': fleetRun(three),
  'three hosts that drifted': fleetRun([...three, 'cache-1'], {
    command: 'drift',
    externals: [externalNamed('laptop-anna', { addresses: [ip('10.50.0.200')] })],
    down: ['cache-1', 'laptop-anna'],
    broken: ['web-1 db-1'],
    more: {
      hosts: [
        {
          host: 'cache-1',
          outcome: 'unreachable',
          changes: [],
          error: 'connection to 203.0.113.41:22 timed out after 5 s',
        },
        { host: 'db-1', outcome: 'pending', changes, error: null },
        { host: 'web-1', outcome: 'unchanged', changes: [], error: null },
        { host: 'web-2', outcome: 'unchanged', changes: [], error: null },
      ],
      warnings: ['service kafka runs on no host: its groups are empty'],
    },
  }),
  'one of a hundred, looked at alone': fleetRun(hundred, { looked: ['web-03'] }),
  'a hundred hosts, all well': fleetRun(hundred),
  'a hundred hosts, one down': fleetRun(hundred, { down: ['queue-07'], broken: ['web-01 db-04'] }),
  'a hundred hosts behind three hubs': fleetRun(hundred, {
    topology: { kind: 'hub-and-spoke', hubs: ['cache-01', 'db-01', 'web-01'] },
    down: ['web-20'],
  }),
};
