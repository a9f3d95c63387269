/**
 * The doors that nobody declared: every TCP port that a host itself says it listens on, or that its
 * containers publish, tried from where the controller stands. None may open (SC-2).
 */
import { UnexpectedAnswer } from '../facts/fact';
import { isLinkLocal, isLoopback, listeners } from '../facts/listeners';
import { publishedPorts } from '../facts/published-ports';
import type { Answers } from '../facts/questionnaire';
import type { Check } from '../model/check';
import type { Host } from '../model/host';
import { type Inventory, servicesOn } from '../model/inventory';
import { isPortIn, portsText } from '../model/port';
import { publicPortsOf } from '../model/public-port';
import type { Wanted } from '../plan/values';
import { publicAddressesOf } from './isolation';
import type { Knock, KnockedAt } from './knock';

export interface UndeclaredPort {
  readonly port: number;
  /** Who is behind it: processes, or a container. */
  readonly holder: string;
}

/** What a host says of its ports, ascending; `untold`: why it says nothing. */
export type UndeclaredPorts =
  | { readonly kind: 'told'; readonly ports: readonly UndeclaredPort[] }
  | { readonly kind: 'untold'; readonly why: string };

/** @param answers undefined: the host could not be asked. */
export function undeclaredPortsOf(
  host: Host,
  wanted: Wanted,
  answers: Answers | undefined,
): UndeclaredPorts {
  if (answers === undefined) return { kind: 'untold', why: `${host.name} could not be asked` };
  const listening = answers.get(listeners().question.text);
  const publishing = answers.get(publishedPorts().question.text);
  if (listening === undefined || publishing === undefined) {
    return { kind: 'untold', why: 'no role of it asks who listens' };
  }
  try {
    const found = listeners().parse(listening);
    if (found === undefined) return { kind: 'untold', why: 'there is no ss (of iproute2) to ask' };
    const sockets = [
      ...publishedPorts()
        .parse(publishing)
        .map(({ container, ...port }) => ({ ...port, holder: `container ${container}` })),
      ...found.map(({ processes, ...port }) => ({
        ...port,
        holder: processes.length === 0 ? 'the kernel' : processes.join(', '),
      })),
    ];
    return { kind: 'told', ports: portsOf(host, wanted, sockets) };
  } catch (error) {
    if (!(error instanceof UnexpectedAnswer)) throw error;
    return { kind: 'untold', why: error.message };
  }
}

interface Socket {
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  readonly holder: string;
}

function portsOf(
  host: Host,
  { inventory, lock, today }: Wanted,
  sockets: readonly Socket[],
): readonly UndeclaredPort[] {
  const own: readonly string[] = lock.hosts.get(host.name)?.addresses ?? [];
  const declared = [
    ...servicesOn(host.name, inventory).map(({ protocol, ports }) => ({ protocol, ports })),
    ...publicPortsOf(host, inventory, today).map(({ protocol, ports }) => ({
      protocol,
      ports: [ports],
    })),
  ].filter(({ protocol }) => protocol === 'tcp');
  const isDeclared = (port: number) =>
    declared.some(({ ports }) => ports.some((range) => isPortIn(port, range)));
  const outward = sockets
    .filter(({ protocol, port }) => protocol === 'tcp' && !isDeclared(port))
    .filter(({ address }) => !isLoopback(address) && !isLinkLocal(address))
    .filter(({ address }) => !own.includes(address));
  // A published port is named by its container, which comes first.
  const byPort = new Map(outward.toReversed().map(({ port, holder }) => [port, holder]));
  return [...byPort]
    .sort(([one], [other]) => one - other)
    .map(([port, holder]) => ({ port, holder }));
}

/** A port, by a public address of its host. */
export interface UndeclaredDoor extends UndeclaredPort {
  readonly address: string;
}

export function undeclaredDoorsOf(
  host: Host,
  inventory: Inventory,
  ports: readonly UndeclaredPort[],
): readonly UndeclaredDoor[] {
  return publicAddressesOf(host, inventory).flatMap((address) =>
    ports.map((port) => ({ ...port, address })),
  );
}

export function judgeUndeclaredDoors(
  host: string,
  told: UndeclaredPorts,
  knocked: readonly KnockedAt<UndeclaredDoor>[],
): Check {
  const title = `nothing undeclared answers on the public addresses of ${host}`;
  const check = { id: 'SC-2', host, title } as const;
  if (told.kind === 'untold') return { ...check, status: 'skip', evidence: told.why };
  const of = (kind: Knock['kind']) =>
    knocked.filter(({ knock }) => knock.kind === kind).map(({ door }) => door);
  const open = of('open').map(
    ({ address, port, holder }) => `${String(port)}/tcp of ${holder} at ${address}`,
  );
  if (open.length > 0) {
    const evidence = `the controller was let in to ${open.join('; ')}, which nobody declared`;
    return { ...check, status: 'fail', evidence, parts: open };
  }
  const untried = of('error').length;
  if (untried > 0) {
    return { ...check, status: 'skip', evidence: `${String(untried)} ports could not be tried` };
  }
  const ports = told.ports.map(({ port }) => port);
  if (ports.length > 0 && knocked.length === 0) {
    return { ...check, status: 'skip', evidence: 'the inventory has no public address of it' };
  }
  const evidence =
    ports.length === 0
      ? 'it listens on no port that is not declared'
      : `no connection from the controller to ${portsText(ports)}, which are listened on`;
  return { ...check, status: 'pass', evidence };
}
