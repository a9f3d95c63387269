/** Do the services that a host may use answer it over WireGuard? */
import { serviceReplies, type ServiceReply, targetKey } from '../facts/service-replies';
import { type Finding, placeOf, summed } from '../model/check';
import { groupedBy } from '../model/grouping';
import { resource } from './resource';

interface Args {
  readonly services: readonly ServiceEntry[];
  /** Hosts of services that this host does not ask; 0 where it is left out. */
  readonly unasked?: number;
}

/** A TCP port of a service on another host, by its WireGuard address. */
export interface ServiceEntry {
  readonly service: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

export const servicesCheck = resource({
  kind: 'services-check',
  serves: 'INV-1',
  args: {
    type: 'object',
    required: ['services'],
    additionalProperties: false,
    properties: {
      services: { type: 'array', description: 'The services; only a reference can give them.' },
      unasked: { type: 'integer', minimum: 0, description: 'How many more it could ask.' },
    },
  },
  facts: ({ services }: Args) => ({ replies: serviceReplies(services) }),
  *judge({ services, unasked = 0 }, { replies }, host, { unreached }) {
    const byAddress = groupedBy(services, (each) =>
      [each.service, each.host, each.address].join(' '),
    );
    for (const entries of byAddress) {
      const [{ service, host: where, address }] = entries;
      const place = placeOf(
        address,
        entries.map(({ port }) => port),
      );
      yield {
        id: 'INV-1',
        host,
        title: `${host} reaches ${service} on ${where} at ${place}`,
        ...(replies === undefined
          ? { status: 'skip', evidence: 'there is neither bash nor nc to connect with' }
          : summed(
              entries.map((entry) => ({
                port: entry.port,
                ...judgement(replies.get(targetKey(entry)), entry, unreached),
              })),
            )),
      };
    }
    if (unasked > 0) {
      yield {
        id: 'INV-1',
        host,
        title: `${host} reaches its services on ${String(unasked)} more hosts`,
        status: 'skip',
        evidence: 'of the hosts of a service each client asks the next ones by name',
      };
    }
  },
});

/** Of a host that is down, silence says nothing of its firewall, nor of its service. */
function judgement(
  reply: ServiceReply | undefined,
  { host }: ServiceEntry,
  unreached: ReadonlySet<string>,
): Finding {
  switch (reply) {
    case 'open':
      return { status: 'pass', evidence: 'it accepted a connection' };
    case 'refused':
      return { status: 'warn', evidence: 'it is let through, but nothing listens there' };
    case 'silent':
      return { status: 'fail', evidence: 'no answer: most likely a firewall is in the way' };
    case 'no-path': {
      const silence = `no answer, and none to a ping of ${host}`;
      return unreached.has(host)
        ? { status: 'skip', evidence: `${silence}, which could not be reached in this run` }
        : { status: 'fail', evidence: `${silence}: there is no path to it over WireGuard` };
    }
    case undefined:
      return { status: 'skip', evidence: 'the host did not say' };
  }
}
