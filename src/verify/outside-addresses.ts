/**
 * By which addresses a host can be come to past WireGuard: those that the inventory declares, and those
 * that the host tells of itself.
 */
import { type Address, contains, isPrivate } from '../model/address';
import type { OwnAddress } from '../facts/own-addresses';
import type { Host } from '../model/host';
import type { Inventory } from '../model/inventory';
import { hostsOutside } from '../plan/outside';

export interface OutsideAddresses {
  /** Anybody who has the family can send there. */
  readonly public: readonly Address[];
  /** Only who is in the same network can. */
  readonly lan: readonly OwnAddress[];
}

/** @param own what the host tells; none where it was not asked. */
export function outsideAddressesOf(
  { name, endpoints }: Host,
  inventory: Inventory,
  own: readonly OwnAddress[],
): OutsideAddresses {
  const { subnets } = inventory.network;
  const outside = own.filter(({ address }) => !subnets.some((net) => contains(net, address)));
  // What is behind NAT has no address of the internet, whatever it looks like.
  const isLan = ({ address }: OwnAddress) => endpoints.length === 0 || isPrivate(address);
  const declared = hostsOutside(inventory).find(({ host }) => host === name)?.addresses ?? [];
  const told = outside.filter((each) => !isLan(each)).map(({ address }) => address);
  const found = new Set([...declared.filter((ip) => !isPrivate(ip)), ...told]);
  return {
    public: [...found],
    lan: outside.filter((each) => isLan(each) && !found.has(each.address)),
  };
}
