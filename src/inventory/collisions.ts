/** What two hosts, or two services of one host, can't have both: an endpoint, a login, a port. */
import { withPort } from '../model/address';
import { type Protocol, type PortRange, rangeText } from '../model/port';
import type { LocatedHost } from './hosts-file';
import type { Reading } from './reading';
import type { LocatedService } from './services-file';
import { shown } from './wording';
import { problemAt, type YamlNode } from './yaml-node';

/** Two names of one machine would be given two identities. */
export function* checkEndpoints(hosts: readonly LocatedHost[]): Reading<void> {
  const logins = new Map<string, string>();
  const endpoints = new Map<string, string>();
  for (const { host, login, endpoints: own } of hosts) {
    const at = withPort(host.login.host, host.login.port);
    // Behind different jump hosts an address is another machine.
    const way = [...host.login.jumps.map((jump) => jump.host), at].join(' ');
    const sameLogin = logins.get(way);
    if (sameLogin !== undefined) {
      yield problemAt(login.node, `SSH at ${at} is already host ${shown(sameLogin)}'s`);
    }
    for (const { value, node } of own) {
      const to = withPort(value.host, value.port);
      const sameEndpoint = endpoints.get(to);
      endpoints.set(to, sameEndpoint ?? host.name);
      if (sameLogin !== undefined || sameEndpoint === undefined) continue;
      const right = 'set wg_endpoint or wg_listen_port';
      const message = `endpoint ${to} is already host ${shown(sameEndpoint)}'s; ${right}`;
      yield problemAt(node, message);
    }
    logins.set(way, sameLogin ?? host.name);
  }
}

interface Use {
  readonly protocol: Protocol;
  readonly range: PortRange;
  readonly user: string;
  /** Undefined for what is not declared as a service. */
  readonly node: YamlNode | undefined;
}

/** A port of a host has one user: a service, SSH or WireGuard. */
export function* checkPorts(
  hosts: readonly LocatedHost[],
  services: readonly LocatedService[],
): Reading<void> {
  const byHost = new Map<string, LocatedService[]>(hosts.map(({ host }) => [host.name, []]));
  for (const located of services) {
    for (const name of located.service.hosts) byHost.get(name)?.push(located);
  }
  // What is wrong on one host of a group is wrong on all: it is told once.
  const told = new Set<string>();
  for (const { host } of hosts) {
    const own = (byHost.get(host.name) ?? []).flatMap(usesOf);
    const base = [use('tcp', host.login.port, 'SSH'), use('udp', host.listenPort, 'WireGuard')];
    for (const { earlier, later } of [...clashes([...base, ...own])]) {
      if (later.node === undefined) continue;
      const pair = JSON.stringify([later.node.place, earlier.user]);
      if (told.has(pair)) continue;
      told.add(pair);
      const port = `port ${rangeText(later.range)}/${later.protocol} of host ${shown(host.name)}`;
      const other = `${earlier.user}, which has ${rangeText(earlier.range)}`;
      yield problemAt(later.node, `${port} collides with ${other}`);
    }
  }
}

/** Uses that share a port, each with the widest one before it; `later` is written later. */
function* clashes(
  uses: readonly Use[],
): Generator<{ readonly earlier: Use; readonly later: Use }, void, undefined> {
  const order = new Map(uses.map((one, index) => [one, index]));
  const widest = new Map<Protocol, Use>();
  for (const next of uses.toSorted((one, other) => one.range.first - other.range.first)) {
    const before = widest.get(next.protocol);
    if (before !== undefined && next.range.first <= before.range.last) {
      const isLater = (order.get(next) ?? 0) > (order.get(before) ?? 0);
      yield isLater ? { earlier: before, later: next } : { earlier: next, later: before };
    }
    if (before === undefined || next.range.last > before.range.last)
      widest.set(next.protocol, next);
  }
}

function usesOf({ service, ports }: LocatedService): readonly Use[] {
  const { protocol } = service;
  const user = `service ${shown(service.name)}`;
  return ports.map(({ range, node }) => ({ protocol, range, node, user }));
}

function use(protocol: Protocol, port: number, user: string): Use {
  return { protocol, range: { first: port, last: port }, user, node: undefined };
}
