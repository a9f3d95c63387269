/** The inventory: all that the user declared, checked, with groups resolved to hosts. */
import type { Subnet } from './address';
import type { Host } from './host';
import type { PortRange, Protocol } from './port';

export interface Inventory {
  /** What a user calls it: `prod` for `inventory/prod/`. */
  readonly name: string;
  /** Sorted by name. */
  readonly hosts: readonly Host[];
  readonly network: Network;
  readonly firewall: FirewallSettings;
  /** Sorted by name. */
  readonly services: readonly Service[];
  /** Sorted by id. */
  readonly exceptions: readonly Exception[];
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
  readonly backend: 'ufw';
  /** Who may reach SSH on public interfaces. */
  readonly sshSources: Sources;
}

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
  /** Names of the hosts that may reach it, sorted; `all` where the whole network may. */
  readonly from: 'all' | readonly string[];
  /** Where it has to listen: on WireGuard addresses only, or anywhere, as the firewall guards it. */
  readonly bind: 'wg' | 'any';
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

/** Has the exception's last day gone by? `today` is `YYYY-MM-DD`, in UTC. */
export function isExpired(exception: Exception, today: string): boolean {
  return exception.expires < today;
}

/** May a host reach a service over WireGuard? */
export function mayReach(host: string, service: Service): boolean {
  return service.from === 'all' || service.from.includes(host);
}
