/**
 * IP addresses and subnets, v4 and v6, as values that cannot be wrong.
 *
 * Trap: ipaddr.js reads `010.0.0.1` as 8.0.0.1 and `10.1` as 10.0.0.1. What is not written in four
 * plain decimal parts is refused here.
 */
import ipaddr from 'ipaddr.js';

declare const brand: unique symbol;

/** An address in its canonical text: `10.50.0.1`, `fd50::1` (RFC 5952). */
export type Address = string & { readonly [brand]: 'Address' };

export type Family = 4 | 6;

/** A subnet; `text` is canonical, `address` its network address. */
export interface Subnet {
  readonly text: string;
  readonly family: Family;
  readonly address: Address;
  readonly prefixLength: number;
}

/** Reads an address; undefined where the text is none. */
export function address(text: string): Address | undefined {
  if (!isStrict(text)) return undefined;
  // Canonical text of a checked address is what the brand promises.
  return ipaddr.parse(text).toString() as Address;
}

/** Reads `ADDRESS/LENGTH`, host bits allowed and cleared; undefined where the text is none. */
export function subnet(text: string): Subnet | undefined {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const base = match?.[1] === undefined ? undefined : address(match[1]);
  if (base === undefined) return undefined;
  const family = familyOf(base);
  const prefixLength = Number(match?.[2]);
  if (prefixLength > bits(family)) return undefined;
  const hostBits = BigInt(bits(family) - prefixLength);
  const network = fromNumber((toNumber(base) >> hostBits) << hostBits, family);
  return Object.freeze({
    text: `${network}/${String(prefixLength)}`,
    family,
    address: network,
    prefixLength,
  });
}

export function familyOf(ip: Address): Family {
  return ip.includes(':') ? 6 : 4;
}

/** The subnet that holds just this address: /32 or /128. */
export function single(ip: Address): string {
  return `${ip}/${String(bits(familyOf(ip)))}`;
}

/** How many addresses a family's subnet of prefix length 0 has, as bits. */
export function bits(family: Family): number {
  return family === 4 ? 32 : 128;
}

export function contains(net: Subnet, ip: Address): boolean {
  if (familyOf(ip) !== net.family) return false;
  const hostBits = BigInt(bits(net.family) - net.prefixLength);
  return toNumber(ip) >> hostBits === toNumber(net.address) >> hostBits;
}

/** Do two subnets share an address? */
export function overlap(one: Subnet, other: Subnet): boolean {
  return contains(one, other.address) || contains(other, one.address);
}

/** Shared by many machines of the world: RFC 1918, RFC 4193, RFC 6598, and link-local ones. */
export function isPrivate(ip: Address): boolean {
  return privateNetworks.some((net) => contains(net, ip));
}

const privateNetworks = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'],
  ...['127.0.0.0/8', 'fc00::/7', 'fe80::/10', '::1/128'],
].flatMap((text) => subnet(text) ?? []);

/** The addresses a host can have, as offsets into the subnet: network and broadcast are excluded. */
export function hostOffsets(net: Subnet): { readonly first: bigint; readonly last: bigint } {
  const size = 1n << BigInt(bits(net.family) - net.prefixLength);
  if (size <= 2n) return { first: 0n, last: size - 1n };
  return { first: 1n, last: net.family === 4 ? size - 2n : size - 1n };
}

/** Is it an address that no host may have: the subnet's first, or in v4 its last? */
export function isReserved(net: Subnet, ip: Address): boolean {
  const offset = toNumber(ip) - toNumber(net.address);
  const { first, last } = hostOffsets(net);
  return offset < first || offset > last;
}

export function addressAt(net: Subnet, offset: bigint): Address {
  return fromNumber(toNumber(net.address) + offset, net.family);
}

/** `ADDRESS:PORT`, an IPv6 address in brackets as wg(8) wants it. */
export function withPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}

function isStrict(text: string): boolean {
  // An IPv4 tail within an IPv6 address is read as octal too, and nobody writes one here.
  if (text.includes(':')) return !/[%.]/.test(text) && ipaddr.IPv6.isValid(text);
  // Four decimal parts, none with a leading zero: others read such a part as octal.
  return ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text);
}

function toNumber(ip: Address): bigint {
  return ipaddr
    .parse(ip)
    .toByteArray()
    .reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function fromNumber(value: bigint, family: Family): Address {
  const length = bits(family) / 8;
  const bytes = Array.from({ length }, (_, index) =>
    Number((value >> BigInt(8 * (length - 1 - index))) & 0xffn),
  );
  // Canonical text of whole bytes is what the brand promises.
  return ipaddr.fromByteArray(bytes).toString() as Address;
}
