/**
 * What a host lets in from the public, why, who answers for it, and until when: the table that a
 * security reviewer reads.
 */
import type { Host } from './host';
import { isExpired, type Inventory, type Sources } from './inventory';
import { type PortRange, type Protocol, rangeText } from './port';

export interface Exposure {
  readonly host: string;
  readonly protocol: Protocol;
  /** `443`, `9100-9110`. */
  readonly ports: string;
  /** `anywhere`, or subnets in canonical text. */
  readonly sources: readonly string[];
  /** `ssh`, `wireguard`, or the id of an exception. */
  readonly by: string;
  readonly reason: string;
  /** Null: platform operations, to whom the host's network belongs. */
  readonly owner: string | null;
  readonly approvedBy: string | null;
  /** The last day it holds, `YYYY-MM-DD`, in UTC; null: it has no end. */
  readonly expires: string | null;
}

/** Of these hosts, in their order. `today` is `YYYY-MM-DD`, in UTC. */
export function exposuresOf(
  hosts: readonly Host[],
  { firewall, exceptions }: Inventory,
  today: string,
): readonly Exposure[] {
  return hosts.flatMap((host) => {
    const own = exceptions.filter(
      (exception) => exception.hosts.includes(host.name) && !isExpired(exception, today),
    );
    return [
      ...(isNobody(firewall.sshSources) ? [] : [sshTo(host, firewall.sshSources)]),
      wireguardTo(host),
      ...own.flatMap(({ id, protocol, ports, sources, reason, owner, approvedBy, expires }) =>
        ports.map((range): Exposure => ({
          ...at(host, protocol, range),
          sources: sourcesText(sources),
          ...{ by: id, reason, owner, approvedBy, expires },
        })),
      ),
    ];
  });
}

/** All of both families. */
const everything = ['0.0.0.0/0', '::/0'];

const withoutEnd = { owner: null, approvedBy: null, expires: null };

function sshTo(host: Host, sources: Sources): Exposure {
  return {
    ...at(host, 'tcp', { first: host.login.port, last: host.login.port }),
    ...{ sources: sourcesText(sources), by: 'ssh', reason: 'how wgpush and operators log in' },
    ...withoutEnd,
  };
}

function wireguardTo(host: Host): Exposure {
  return {
    ...at(host, 'udp', { first: host.listenPort, last: host.listenPort }),
    ...{ sources: sourcesText('any'), by: 'wireguard', reason: 'how its peers reach it' },
    ...withoutEnd,
  };
}

function at({ name }: Host, protocol: Protocol, range: PortRange) {
  return { host: name, protocol, ports: rangeText(range) };
}

function isNobody(sources: Sources): boolean {
  return sources !== 'any' && sources.length === 0;
}

function sourcesText(sources: Sources): readonly string[] {
  const texts = sources === 'any' ? everything : sources.map(({ text }) => text);
  return everything.every((text) => texts.includes(text)) ? ['anywhere'] : texts;
}
