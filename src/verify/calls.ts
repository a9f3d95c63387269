/**
 * Which hosts knock at which others. A few for each address, whoever else there is: so what is tried
 * grows with the hosts and not with their pairs, and each of them has its share of it.
 */
import type { DoorTarget } from '../facts/door-replies';
import { type Address, familyOf, type Family } from '../model/address';
import { groupedBy } from '../model/grouping';
import { type Ring, ringOf } from '../model/ring';
import type { OutsideAddresses } from './outside-addresses';

/** Hosts that try an address. */
const mostCallers = 3;

/** A host, and what is to be tried there. */
export interface Called {
  readonly host: string;
  readonly addresses: OutsideAddresses;
  /** TCP; none: it only calls. */
  readonly ports: readonly number[];
}

/** One host tries the ports of another, by one of its addresses. */
export interface Call extends DoorTarget {
  readonly from: string;
  readonly to: string;
  readonly address: Address;
}

/** An address that nobody is to try, and why. */
export interface Uncalled {
  readonly to: string;
  readonly address: Address;
  readonly why: string;
}

export interface Calls {
  readonly calls: readonly Call[];
  readonly uncalled: readonly Uncalled[];
}

/** The same for the same hosts, in whatever order they are. */
export function callsOf(all: readonly Called[]): Calls {
  const owned = new Set(all.flatMap((each) => addressesOf(each).map((ip) => `${each.host} ${ip}`)));
  const internet = { 4: internetOf(all, 4), 6: internetOf(all, 6) };
  const networks = networksOf(all);
  const found: Place[] = all
    .filter(({ ports }) => ports.length > 0)
    .flatMap(({ host, addresses, ports }) => [
      ...addresses.public.map((address): Place => ({
        ...{ to: host, address, link: undefined, ports },
        callers: internet[familyOf(address)],
        none: 'no other host of this run has an address of its family',
      })),
      ...addresses.lan.map(({ address, net, link }): Place => ({
        ...{ to: host, address, link, ports },
        callers: networks.get(net.text) ?? ringOf([]),
        none: 'no other host of this run is in its network',
      })),
    ]);
  const called = found.map((place) => ({
    place,
    from: place.callers.after(
      place.to,
      mostCallers,
      (host) => !owned.has(`${host} ${place.address}`),
    ),
  }));
  return {
    calls: called.flatMap(({ place: { to, address, link, ports }, from }) =>
      from.map((each): Call => ({ from: each, to, address, link, ports })),
    ),
    uncalled: called.flatMap(({ place: { to, address, none }, from }) =>
      from.length === 0 ? [{ to, address, why: none }] : [],
    ),
  };
}

interface Place extends Omit<Call, 'from'> {
  readonly callers: Ring;
  /** Why nobody calls, if nobody does. */
  readonly none: string;
}

/** Who can send to the internet. By IPv4 from behind NAT too. */
function internetOf(all: readonly Called[], family: Family): Ring {
  const able = all.filter(({ addresses }) =>
    [...addresses.public, ...(family === 4 ? addresses.lan.map(({ address }) => address) : [])]
      .map(familyOf)
      .includes(family),
  );
  return ringOf(able.map(({ host }) => host));
}

/** Who is in a network, by its text. Whether two networks of one text are one, a caller finds out. */
function networksOf(all: readonly Called[]): ReadonlyMap<string, Ring> {
  const members = all.flatMap(({ host, addresses }) =>
    addresses.lan.map(({ net }) => ({ host, net: net.text })),
  );
  return new Map(
    groupedBy(members, ({ net }) => net).map((own) => [
      own[0].net,
      ringOf([...new Set(own.map(({ host }) => host))]),
    ]),
  );
}

function addressesOf({ addresses }: Called): readonly Address[] {
  return [...addresses.public, ...addresses.lan.map(({ address }) => address)];
}
