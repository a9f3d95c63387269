/**
 * Which TCP services a host asks, for verification.
 *
 * Sixty services that all hosts run and all may use are sixty times as many questions as there are
 * pairs of hosts. Of the hosts that run a service, each of its clients asks a fixed number, the next
 * ones by name; so each is asked by as many others, and what is asked grows with the hosts.
 */
import type { Host } from '../model/host';
import { type Inventory, mayReach, type Service } from '../model/inventory';
import { type Mesh, reaches } from '../model/mesh';
import { portsOf } from '../model/port';
import type { ServiceEntry } from '../resources/services-check';

/** Hosts of one service that a client asks. */
const mostHosts = 16;

export interface ServiceEntries {
  readonly entries: readonly ServiceEntry[];
  /** Hosts of services that this host does not ask, each counted for each of its services. */
  readonly unasked: number;
}

export function serviceEntriesOf({ name }: Host, inventory: Inventory, mesh: Mesh): ServiceEntries {
  const used = inventory.services
    .filter((service) => service.protocol === 'tcp' && mayReach(name, service))
    .map((service) => ({ service, hosts: askedHosts(name, service, mesh) }));
  return {
    entries: used.flatMap(({ service, hosts }) =>
      hosts.asked.flatMap((host) => entriesAt(service, host, mesh)),
    ),
    unasked: used.reduce((sum, { hosts }) => sum + hosts.unasked, 0),
  };
}

function askedHosts(
  client: string,
  { hosts }: Service,
  mesh: Mesh,
): { readonly asked: readonly string[]; readonly unasked: number } {
  const reached = hosts.filter((host) => reaches(mesh, client, host));
  const next = reached.findIndex((host) => host > client);
  const start = Math.max(next, 0);
  const asked = [...reached.slice(start), ...reached.slice(0, start)].slice(0, mostHosts);
  return { asked, unasked: reached.length - asked.length };
}

function entriesAt(service: Service, host: string, mesh: Mesh): readonly ServiceEntry[] {
  const ports = portsOf(service.ports);
  return (mesh.get(host)?.addresses ?? []).flatMap((address) =>
    ports.map((port) => ({ service: service.name, host, address, port })),
  );
}
