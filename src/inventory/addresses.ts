/**
 * Addresses against subnets, against each other and against the lock.
 *
 * WireGuard takes an address that two peers have without a word, and cuts the earlier one off.
 */
import { type Address, address, contains, isReserved, type Subnet } from '../model/address';
import type { Inventory, Network } from '../model/inventory';
import { allocate } from '../model/allocation';
import type { Lock, Retired } from '../model/lock';
import { type Occupancy, occupancyOf } from '../model/occupancy';
import { freeFrom } from '../model/quarantine';
import type { Written } from './host-variables';
import type { LocatedHost } from './hosts-file';
import type { Reading } from './reading';
import type { DeclaredSubnet } from './subnets';
import { shown } from './wording';
import { problemAt } from './yaml-node';

/** Checks what was chosen by hand. */
export function* checkChosen(
  hosts: readonly LocatedHost[],
  subnets: readonly DeclaredSubnet[],
): Reading<void> {
  const owners = new Map<Address, string>();
  for (const { host, addresses, endpoints } of hosts) {
    const used = new Map<Subnet, Address>();
    for (const { value, node } of addresses) {
      const owner = owners.get(value);
      if (owner !== undefined) {
        yield problemAt(node, `address ${value} is already host ${shown(owner)}'s`);
      }
      owners.set(value, owner ?? host.name);
      yield* checkPlace({ value, node }, subnets, used);
    }
    for (const { value, node } of endpoints) {
      const around = subnets.find(({ subnet }) => hasEndpoint(subnet, value.host));
      if (around === undefined) continue;
      const problem = `endpoint ${value.host} is inside the WireGuard subnet`;
      yield problemAt(node, `${problem} ${around.subnet.text}; it must be outside`);
    }
  }
}

/** Is the address in a subnet, is it one that a host may have, and the host's only one there? */
function* checkPlace(
  { value, node }: Written<Address>,
  subnets: readonly DeclaredSubnet[],
  used: Map<Subnet, Address>,
): Reading<void> {
  const around = subnets.find(({ subnet }) => contains(subnet, value))?.subnet;
  if (around === undefined) {
    const texts = subnets.map(({ subnet }) => subnet.text).join(' and ');
    yield problemAt(node, `address ${value} is outside the WireGuard network; it has ${texts}`);
    return;
  }
  if (isReserved(around, value)) {
    const which = value === around.address ? 'network' : 'broadcast';
    yield problemAt(
      node,
      `${value} is the ${which} address of ${around.text}; no host can have it`,
    );
  }
  const other = used.get(around);
  if (other !== undefined && other !== value) {
    yield problemAt(node, `a host has one address in ${around.text}, and ${other} is this one's`);
  }
  used.set(around, value);
}

/**
 * Checks that the lock has an address for everybody that is nobody else's: those chosen by hand
 * may be locked for another host.
 */
export function* checkAllocated(
  inventory: Inventory,
  hosts: readonly LocatedHost[],
  subnets: readonly DeclaredSubnet[],
  lock: Lock,
  today: string,
): Reading<void> {
  const { lock: allocated, exhausted } = allocate(inventory, lock, today);
  for (const { subnet, node } of subnets) {
    const without = exhausted.filter((one) => one.subnet === subnet).map(({ host }) => host);
    const place = node ?? hosts.find(({ host }) => host.name === without[0])?.node;
    if (place === undefined || without.length === 0) continue;
    const names = without.slice(0, 5).map(shown).join(', ') + (without.length > 5 ? ', …' : '');
    const why = fullness(occupancyOf(subnet, inventory.network, allocated));
    const message = `subnet ${subnet.text} has no address left for ${names}: ${why}`;
    yield problemAt(place, message);
  }
  yield* checkKept(hosts, subnets, allocated);
  const owners = ownersOf(allocated);
  const chosen = new Map(hosts.map(({ host }) => [host.name, host.chosenAddresses]));
  for (const { host, addresses } of hosts) {
    for (const { value, node } of addresses) {
      const other = owners.get(value)?.find(({ name }) => name !== host.name);
      // Two hosts that chose it themselves were told so above.
      if (other === undefined || chosen.get(other.name)?.includes(value) === true) continue;
      const { retired } = other;
      const message =
        retired === undefined
          ? `is host ${shown(other.name)}'s in the lock; choose another`
          : quarantined(other.name, retired, inventory.network);
      yield problemAt(node, `address ${value} ${message}`);
    }
  }
}

/** A subnet that was made smaller may have made an address that is locked its first or last one. */
function* checkKept(
  hosts: readonly LocatedHost[],
  subnets: readonly DeclaredSubnet[],
  allocated: Lock,
): Reading<void> {
  for (const { host, node } of hosts) {
    for (const ip of allocated.hosts.get(host.name)?.addresses ?? []) {
      const around = subnets.find(({ subnet }) => contains(subnet, ip))?.subnet;
      // One that was chosen by hand has been judged where it is written.
      if (around === undefined || host.chosenAddresses.includes(ip)) continue;
      if (!isReserved(around, ip)) continue;
      const kept = `the lock gives host ${shown(host.name)} ${ip}, the ${reservedName(around, ip)}`;
      const message = `${kept} of ${around.text}; set its wg_address to another`;
      yield problemAt(node, message, { at: 'key' });
    }
  }
}

/** `it has 254 addresses: 250 used, 4 kept for hosts that left; …`. */
function fullness({ size, used, retired, nextFree }: Occupancy): string {
  const kept = retired === 0 ? '' : `, ${String(retired)} kept for hosts that left`;
  const right =
    nextFree === undefined
      ? 'take a larger one'
      : `take a larger one, wait until ${nextFree}, or lower quarantine_days`;
  return `it has ${String(size)} addresses: ${String(used)} used${kept}; ${right}`;
}

function quarantined(name: string, retired: Retired, network: Network): string {
  const until = `was host ${shown(name)}'s and is kept from reuse until ${freeFrom(retired, network)}`;
  return `${until}; choose another, or remove ${shown(name)} from "retired" in the lock`;
}

interface Owner {
  readonly name: string;
  /** Undefined for a host that is there. */
  readonly retired: Retired | undefined;
}

function ownersOf({ hosts, retired }: Lock): ReadonlyMap<Address, readonly Owner[]> {
  const owners = new Map<Address, Owner[]>();
  const add = (ip: Address, owner: Owner) => owners.set(ip, [...(owners.get(ip) ?? []), owner]);
  for (const [name, { addresses }] of hosts) {
    for (const ip of addresses) add(ip, { name, retired: undefined });
  }
  for (const [name, one] of retired) {
    for (const ip of one.addresses) add(ip, { name, retired: one });
  }
  return owners;
}

function hasEndpoint(subnet: Subnet, host: string): boolean {
  const ip = address(host);
  return ip !== undefined && contains(subnet, ip);
}

function reservedName(subnet: Subnet, ip: Address): string {
  return ip === subnet.address ? 'network address' : 'broadcast address';
}
