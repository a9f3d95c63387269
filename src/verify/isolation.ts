/**
 * Isolation, proven from outside: from where the controller stands, no internal service may answer
 * on a host's public address (SC-2, INV-1).
 */
import { address, contains } from '../model/address';
import type { Check } from '../model/check';
import type { Host } from '../model/host';
import { isExpired, type Inventory } from '../model/inventory';
import { portsOf, type PortRange } from '../model/port';

/** A TCP port of an internal service, by a public address of its host. */
export interface Door {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly service: string;
  /** The exception that declares this very port public; undefined: it must be closed. */
  readonly exception: string | undefined;
}

/** What came of knocking: `silent` is a firewall that drops, `refused` a host that answered. */
export type Knock =
  | { readonly kind: 'open' | 'refused' | 'silent' }
  | { readonly kind: 'error'; readonly message: string };

/** Every TCP port of every service on these hosts. */
export function doorsOf(
  inventory: Inventory,
  hosts: readonly Host[],
  today: string,
): readonly Door[] {
  return hosts.flatMap((host) =>
    inventory.services
      .filter((service) => service.protocol === 'tcp' && service.hosts.includes(host.name))
      .flatMap((service) =>
        publicAddressesOf(host, inventory).flatMap((address) =>
          portsOf(service.ports).map((port) => ({
            host: host.name,
            address,
            port,
            service: service.name,
            exception: exceptionFor(inventory, host, port, today),
          })),
        ),
      ),
  );
}

/**
 * Where a host is to be tried from outside: where it is logged in to. Who logs in over WireGuard is
 * inside, and may be let in there; then it is where the peers send to.
 */
function publicAddressesOf({ login, endpoints }: Host, { network }: Inventory): readonly string[] {
  const ip = address(login.host);
  const isInside = ip !== undefined && network.subnets.some((subnet) => contains(subnet, ip));
  return isInside ? endpoints.map(({ host }) => host) : [login.host];
}

/**
 * What a knock at a door proves. Silence proves nothing of a host that did not answer the controller
 * at all (`reached`): it may be down, and its doors open.
 */
export function judgeDoor(
  door: Door,
  knock: Knock,
  { reached }: { readonly reached: boolean },
): Check {
  const where = `${door.address}:${String(door.port)}`;
  const title =
    door.exception === undefined
      ? `${door.service} is closed on the public address ${where}`
      : `${door.service} is public on ${where} by exception ${door.exception}`;
  const check = { id: 'SC-2', host: door.host, title } as const;
  if (knock.kind === 'silent' && !reached) {
    return { ...check, status: 'skip', evidence: `${door.host} could not be reached at all` };
  }
  return { ...check, ...evidence(door, knock) };
}

function evidence(door: Door, knock: Knock): Pick<Check, 'status' | 'evidence'> {
  switch (knock.kind) {
    case 'open': {
      const status = door.exception === undefined ? 'fail' : 'pass';
      return { status, evidence: 'it accepted a connection from the controller' };
    }
    case 'refused':
      return {
        status: 'warn',
        evidence: 'the host refused the connection: nothing listens, but no firewall dropped it',
      };
    case 'silent':
      return door.exception === undefined
        ? { status: 'pass', evidence: 'no answer to the controller' }
        : { status: 'warn', evidence: 'no answer to the controller, although it may be public' };
    case 'error':
      return { status: 'skip', evidence: `the controller could not try: ${knock.message}` };
  }
}

function exceptionFor(
  { exceptions }: Inventory,
  host: Host,
  port: number,
  today: string,
): string | undefined {
  const has = (ranges: readonly PortRange[]) =>
    ranges.some(({ first, last }) => first <= port && port <= last);
  return exceptions.find(
    (each) =>
      each.hosts.includes(host.name) &&
      each.protocol === 'tcp' &&
      has(each.ports) &&
      !isExpired(each, today),
  )?.id;
}
