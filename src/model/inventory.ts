/** The inventory: all that the user declared, checked, with groups resolved to hosts. */
import type { Subnet } from './address';
import type { ExternalPeer } from './external-peer';
import type { Host } from './host';
import type { IgnoreRule } from './ignore-rule';
import type { PortRange, Protocol } from './port';
import type { Topology } from './topology';

export interface Inventory {
  /** What a user calls it: `prod` for `inventory/prod/`. */
  readonly name: string;
  /** Sorted by name. */
  readonly hosts: readonly Host[];
  /** Peers that wgpush does not manage, sorted by name. */
  readonly externals: readonly ExternalPeer[];
  readonly network: Network;
  readonly topology: Topology;
  readonly firewall: FirewallSettings;
  /** Sorted by name. */
  readonly services: readonly Service[];
  /** Sorted by id. */
  readonly exceptions: readonly Exception[];
  /** Sorted by id. */
  readonly ignores: readonly IgnoreRule[];
}

export interface Network {
  /** The WireGuard interface, `wg0`. */
  readonly interface: string;
  /** At least one, of any family; a host has one address in each. */
  readonly subnets: readonly Subnet[];
  /** Bytes. */
  readonly mtu: number;
  /** For how many days the addresses of a host that left are given to nobody else. */
  readonly quarantineDays: number;
}

export interface FirewallSettings {
  readonly backend: Backend;
  /** Who may reach SSH on public interfaces; of an empty list nobody: SSH comes over WireGuard only. */
  readonly sshSources: Sources;
  readonly unmanagedRules: UnmanagedRules;
}

/** What carries the firewall policy out. */
export type Backend = 'ufw' | 'nftables';

/** What becomes of rules that nobody declared: they are removed, or only reported. */
export type UnmanagedRules = 'remove' | 'report';

/** Subnets that may connect, or anybody. */
export type Sources = 'any' | readonly Subnet[];

/** An internal service: reachable over WireGuard only (INV-1). */
export interface Service {
  readonly name: string;
  readonly owner: string;
  /** Names of the hosts that run it, sorted. */
  readonly hosts: readonly string[];
  readonly ports: readonly PortRange[];
  readonly protocol: Protocol;
  /** Names of the hosts and external peers that may reach it, sorted; `all`: the whole network. */
  readonly from: 'all' | readonly string[];
  /** Where it has to listen: on WireGuard addresses only, or anywhere, as the firewall guards it. */
  readonly bind: 'wg' | 'any';
  /** May the host itself reach it by loopback or its own public address? */
  readonly loopback: 'allow' | 'reject';
}

/** A port that is public on purpose, with somebody who answers for it and an end. */
export interface Exception {
  readonly id: string;
  /** Names of the hosts it holds for, sorted. */
  readonly hosts: readonly string[];
  readonly ports: readonly PortRange[];
  readonly protocol: Protocol;
  readonly sources: Sources;
  readonly owner: string;
  readonly approvedBy: string;
  readonly reason: string;
  /** The last day it holds, `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
}

/** Has the last day of an exception or an ignore rule gone by? `today` is `YYYY-MM-DD`, in UTC. */
export function isExpired({ expires }: Pick<Exception, 'expires'>, today: string): boolean {
  return expires < today;
}

/** The services that a host runs, in their order. */
export function servicesOn(host: string, { services }: Inventory): readonly Service[] {
  let byHost = servicesByHost.get(services);
  if (byHost === undefined) {
    byHost = indexed(services);
    servicesByHost.set(services, byHost);
  }
  return byHost.get(host) ?? [];
}

/** Made once: looking for one host among all of all services is slow where there are thousands. */
const servicesByHost = new WeakMap<readonly Service[], ReadonlyMap<string, readonly Service[]>>();

function indexed(services: readonly Service[]): ReadonlyMap<string, readonly Service[]> {
  const byHost = new Map<string, Service[]>();
  for (const service of services) {
    for (const host of service.hosts) {
      const own = byHost.get(host) ?? [];
      own.push(service);
      byHost.set(host, own);
    }
  }
  return byHost;
}

/** May a host reach a service over WireGuard? */
export function mayReach(host: string, service: Service): boolean {
  return service.from === 'all' || service.from.includes(host);
}
