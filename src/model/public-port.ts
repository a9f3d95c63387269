/** Ports of a host that may be public: SSH, WireGuard, and exceptions that have not expired. */
import type { Host } from './host';
import { isExpired, type Inventory } from './inventory';
import type { PortRange, Protocol } from './port';

export interface PublicPort {
  readonly protocol: Protocol;
  readonly ports: PortRange;
  /** `ssh`, `wireguard`, `exception EX-001`. */
  readonly why: string;
}

/** `today` is `YYYY-MM-DD`, in UTC. */
export function publicPortsOf(
  host: Host,
  inventory: Inventory,
  today: string,
): readonly PublicPort[] {
  const one = (port: number): PortRange => ({ first: port, last: port });
  return [
    { protocol: 'tcp', ports: one(host.login.port), why: 'ssh' },
    { protocol: 'udp', ports: one(host.listenPort), why: 'wireguard' },
    ...inventory.exceptions
      .filter((exception) => exception.hosts.includes(host.name))
      .filter((exception) => !isExpired(exception, today))
      .flatMap(({ id, protocol, ports }) =>
        ports.map((range) => ({ protocol, ports: range, why: `exception ${id}` })),
      ),
  ];
}
