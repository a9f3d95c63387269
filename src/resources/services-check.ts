/** Do the services that a host may use answer it over WireGuard? */
import { serviceReplies, type ServiceReply, targetKey } from '../facts/service-replies';
import type { Check } from '../model/check';
import { portsText } from '../model/port';
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
  *judge({ services, unasked = 0 }, { replies }, host, unreached) {
    for (const entries of byAddress(services)) {
      const [{ service, host: where, address }] = entries;
      const ports = entries.map(({ port }) => port);
      const place =
        ports.length === 1
          ? `${address}:${String(ports[0])}`
          : `${address} by ${String(ports.length)} ports`;
      yield {
        id: 'INV-1',
        host,
        title: `${host} reaches ${service} on ${where} at ${place}`,
        ...(replies === undefined
          ? { status: 'skip', evidence: 'there is neither bash nor nc to connect with' }
          : judgement(entries, replies, unreached)),
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

type Entries = readonly [ServiceEntry, ...ServiceEntry[]];
type Judgement = Pick<Check, 'status' | 'evidence'>;

/** The ports of a service at one address: sixty of them are one check. */
function byAddress(services: readonly ServiceEntry[]): readonly Entries[] {
  const groups = new Map<string, [ServiceEntry, ...ServiceEntry[]]>();
  for (const entry of services) {
    const key = [entry.service, entry.host, entry.address].join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}

/** The worst of what its ports say, and what each of them says. */
function judgement(
  entries: Entries,
  replies: ReadonlyMap<string, ServiceReply>,
  unreached: ReadonlySet<string>,
): Judgement {
  const ports = new Map<ServiceReply | undefined, number[]>();
  for (const entry of entries) {
    const reply = replies.get(targetKey(entry));
    ports.set(reply, [...(ports.get(reply) ?? []), entry.port]);
  }
  const found = [...ports].map(([reply, own]) => ({
    own,
    ...meaning(reply, entries[0], unreached),
  }));
  const worst = severities.find((status) => found.some((each) => each.status === status)) ?? 'skip';
  const evidence = found.map((each) =>
    entries.length === 1 ? each.evidence : `${portsText(each.own)}: ${each.evidence}`,
  );
  return { status: worst, evidence: evidence.join('; ') };
}

const severities = ['fail', 'warn', 'skip', 'pass'] as const;

/** Of a host that is down, silence says nothing of its firewall, nor of its service. */
function meaning(
  reply: ServiceReply | undefined,
  { host }: ServiceEntry,
  unreached: ReadonlySet<string>,
): Judgement {
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
