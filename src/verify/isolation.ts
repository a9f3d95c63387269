/**
 * Isolation, proven from outside: from where the controller stands, no internal service may answer
 * on a host's public address (SC-2, INV-1).
 */
import { address, contains } from '../model/address';
import { type Check, type Finding, placeOf, summed } from '../model/check';
import { groupedBy } from '../model/grouping';
import type { Host } from '../model/host';
import { isExpired, type Inventory } from '../model/inventory';
import { isPortIn, portsOf, type PortRange } from '../model/port';
import type { KnockedAt } from './knock';

/** A TCP port of an internal service, by a public address of its host. */
export interface Door {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly service: string;
  /** The exception that declares this very port public; undefined: it must be closed. */
  readonly exception: string | undefined;
}

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
 * Where a host is to be tried from outside: where it is logged in to. Who logs in over WireGuard or
 * through a jump host is inside, or elsewhere; then it is where the peers send to.
 */
export function publicAddressesOf(
  { login, endpoints }: Host,
  { network }: Inventory,
): readonly string[] {
  const ip = address(login.host);
  const isInside = ip !== undefined && network.subnets.some((subnet) => contains(subnet, ip));
  return isInside || login.jumps.length > 0 ? endpoints.map(({ host }) => host) : [login.host];
}

/** What came of knocking at a door. */
export type Knocked = KnockedAt<Door>;

/**
 * What the knocks prove, service by service at each address.
 * @param isReached did the host answer the controller at all?
 */
export function judgeDoors(
  knocked: readonly Knocked[],
  isReached: (host: string) => boolean,
): readonly Check[] {
  const groups = groupedBy(knocked, ({ door: { host, address, service, exception = '' } }) =>
    [host, address, service, exception].join(' '),
  );
  return groups.map((group): Check => {
    const [{ door }] = group;
    const { host, service, exception } = door;
    const where = placeOf(
      door.address,
      group.map((each) => each.door.port),
    );
    const title =
      exception === undefined
        ? `${service} is closed on the public address ${where}`
        : `${service} is public on ${where} by exception ${exception}`;
    const findings = group.map((each) => ({
      port: each.door.port,
      ...findingOf(each, { isReached: isReached(host) }),
    }));
    return { id: 'SC-2', host, title, ...summed(findings) };
  });
}

/** Silence proves nothing of a host that did not answer at all: it may be down, and its doors open. */
function findingOf(
  { door, knock }: Knocked,
  { isReached }: { readonly isReached: boolean },
): Finding {
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
      if (!isReached) {
        return { status: 'skip', evidence: `${door.host} could not be reached at all` };
      }
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
  const has = (ranges: readonly PortRange[]) => ranges.some((range) => isPortIn(port, range));
  return exceptions.find(
    (each) =>
      each.hosts.includes(host.name) &&
      each.protocol === 'tcp' &&
      has(each.ports) &&
      !isExpired(each, today),
  )?.id;
}
