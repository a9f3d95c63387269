/**
 * What may enter a host. One value for every backend; a backend only renders and reads it.
 *
 * All that no rule admits is denied, on every interface and in both families. wg0 is no exception:
 * it is trusted for the declared services, SSH and ICMP, not for everything (the RFC's trust
 * boundaries).
 */
import type { Address, Family } from './address';
import type { Host } from './host';
import { isExpired, type Inventory, type Service, servicesOn, type Sources } from './inventory';
import type { Mesh } from './mesh';
import { type PortRange, type Protocol, rangeText } from './port';

export interface FirewallPolicy {
  /** In the order they are applied: what keeps the operator in comes first. */
  readonly rules: readonly Rule[];
  /** What a hub passes on between its peers; nothing else is. */
  readonly forwards: readonly Forward[];
  /** What the host itself may not reach but by its WireGuard addresses. */
  readonly loopbackRejects: readonly LoopbackReject[];
}

/**
 * Rejects connections of the host to itself, by loopback or an address of its own, so that nothing
 * comes to depend on a path that is not WireGuard.
 */
export interface LoopbackReject {
  readonly protocol: Protocol;
  readonly ports: readonly PortRange[];
  /** The host's WireGuard addresses: by these it may. */
  readonly except: readonly Address[];
  readonly comment: string;
}

/** Passes on what comes in by an interface and leaves by it again. */
export interface Forward {
  readonly family: Family;
  readonly interface: string;
  /** A subnet in canonical text. WireGuard proves that a packet's source belongs to its peer. */
  readonly source: string;
  readonly comment: string;
}

/** Admits new connections. */
export interface Rule {
  readonly family: Family;
  /** Where they come in; undefined: on any interface. */
  readonly interface: string | undefined;
  /** Undefined: any, and then any port. */
  readonly protocol: Protocol | undefined;
  readonly ports: PortRange | undefined;
  /** A subnet in canonical text; undefined: from anywhere. */
  readonly source: string | undefined;
  /** Why it is there: `ssh`, `wireguard`, `service postgres`, `exception EX-001`. */
  readonly comment: string;
}

/** The policy of a host. `today` is `YYYY-MM-DD`, in UTC: an expired exception admits nobody. */
export function policyOf(
  host: Host,
  inventory: Inventory,
  mesh: Mesh,
  today: string,
): FirewallPolicy {
  const wg = inventory.network.interface;
  const sshPort = { first: host.login.port, last: host.login.port };
  const wireguardPort = { first: host.listenPort, last: host.listenPort };
  const rules = [
    ...admit({
      interface: undefined,
      protocol: 'tcp',
      ports: sshPort,
      sources: sourceTexts(inventory.firewall.sshSources),
      comment: 'ssh',
    }),
    ...admit({
      interface: wg,
      protocol: 'tcp',
      ports: sshPort,
      sources: inventory.network.subnets.map((subnet) => subnet.text),
      comment: 'ssh over wireguard',
    }),
    ...admit({
      interface: undefined,
      protocol: 'udp',
      ports: wireguardPort,
      sources: 'any',
      comment: 'wireguard',
    }),
    ...servicesOn(host.name, inventory).flatMap((service) => {
      const sources = clientsOf(service, host, inventory, mesh);
      return service.ports.flatMap((ports) =>
        admit({
          interface: wg,
          protocol: service.protocol,
          ports,
          sources,
          comment: `service ${service.name}`,
        }),
      );
    }),
    ...inventory.exceptions
      .filter((exception) => exception.hosts.includes(host.name))
      .filter((exception) => !isExpired(exception, today))
      .flatMap((exception) =>
        exception.ports.flatMap((ports) =>
          admit({
            interface: undefined,
            protocol: exception.protocol,
            ports,
            sources: sourceTexts(exception.sources),
            comment: `exception ${exception.id}`,
          }),
        ),
      ),
  ];
  return {
    rules: distinct(rules),
    forwards: forwardsOf(host, inventory, mesh),
    loopbackRejects: servicesOn(host.name, inventory)
      .filter(({ loopback }) => loopback === 'reject')
      .map(({ name, protocol, ports }) => ({
        protocol,
        ports,
        except: mesh.get(host.name)?.addresses ?? [],
        comment: `service ${name}`,
      })),
  };
}

/** What identifies a rule: two rules with one key admit the same. */
export function ruleKey(rule: Rule): string {
  const ports = rule.ports === undefined ? 'any' : rangeText(rule.ports);
  const source = rule.source ?? 'any';
  return [rule.family, rule.interface ?? 'any', rule.protocol ?? 'any', ports, source].join(' ');
}

/** One rule a source; `any` and 0.0.0.0/0 are the same to a packet filter. */
function admit(wanted: {
  readonly interface: string | undefined;
  readonly protocol: Protocol;
  readonly ports: PortRange;
  readonly sources: 'any' | readonly string[];
  readonly comment: string;
}): readonly Rule[] {
  const { sources, ...rest } = wanted;
  const texts = sources === 'any' ? ['0.0.0.0/0', '::/0'] : sources;
  return texts.map((text) => ({
    ...rest,
    family: text.includes(':') ? 6 : 4,
    source: text === '0.0.0.0/0' || text === '::/0' ? undefined : text,
  }));
}

/** A hub passes on what its peers send; which service that may use is decided where it runs. */
function forwardsOf(host: Host, { network }: Inventory, mesh: Mesh): readonly Forward[] {
  const node = mesh.get(host.name);
  if (node?.forwards !== true) return [];
  return node.routes.map((source) => ({
    family: source.includes(':') ? 6 : 4,
    interface: network.interface,
    source,
    comment: 'mesh',
  }));
}

function clientsOf(
  service: Service,
  host: Host,
  inventory: Inventory,
  mesh: Mesh,
): readonly string[] {
  if (service.from === 'all') return inventory.network.subnets.map((subnet) => subnet.text);
  return service.from
    .filter((name) => name !== host.name)
    .flatMap((name) => mesh.get(name)?.sources ?? []);
}

function sourceTexts(sources: Sources): 'any' | readonly string[] {
  return sources === 'any' ? 'any' : sources.map((subnet) => subnet.text);
}

/** The first rule of each key: a second one would change nothing but the look of the ruleset. */
function distinct(rules: readonly Rule[]): readonly Rule[] {
  const byKey = new Map<string, Rule>();
  for (const rule of rules) if (!byKey.has(ruleKey(rule))) byKey.set(ruleKey(rule), rule);
  return [...byKey.values()];
}
