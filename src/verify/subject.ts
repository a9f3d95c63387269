/** What of a host is tried by others: its internal services, and what else it listens on. */
import type { OwnAddress } from '../facts/own-addresses';
import type { Host } from '../model/host';
import { servicesOn } from '../model/inventory';
import { portsOf } from '../model/port';
import { publicPortsOf } from '../model/public-port';
import type { Wanted } from '../plan/values';
import type { Called } from './calls';
import { outsideAddressesOf } from './outside-addresses';
import type { UndeclaredPorts } from './undeclared-doors';

/** Ports of a host that are tried: whole ranges of them would keep the others busy for minutes. */
const mostPorts = 256;

export interface Subject extends Called {
  /** Does the host tell its own addresses? */
  readonly isTold: boolean;
  readonly services: readonly { readonly name: string; readonly ports: readonly number[] }[];
  readonly undeclared: UndeclaredPorts;
}

/** @param own the addresses that the host tells; undefined: none. */
export function subjectOf(
  host: Host,
  { inventory, today }: Wanted,
  own: readonly OwnAddress[] | undefined,
  undeclared: UndeclaredPorts,
): Subject {
  const open = new Set(
    publicPortsOf(host, inventory, today)
      .filter(({ protocol }) => protocol === 'tcp')
      .flatMap(({ ports }) => portsOf([ports])),
  );
  const services = servicesOn(host.name, inventory)
    .filter(({ protocol }) => protocol === 'tcp')
    .map(({ name, ports }) => ({ name, ports: portsOf(ports).filter((port) => !open.has(port)) }))
    .filter(({ ports }) => ports.length > 0);
  const others = undeclared.kind === 'told' ? undeclared.ports.map(({ port }) => port) : [];
  const ports = new Set([...services.flatMap((service) => service.ports), ...others]);
  return {
    host: host.name,
    addresses: outsideAddressesOf(host, inventory, own ?? []),
    ports: [...ports].slice(0, mostPorts),
    isTold: own !== undefined,
    services,
    undeclared,
  };
}
