/** Where a host can be reached: a name or an address, and a port where one is written. */
import { address } from '../model/address';

export interface WrittenEndpoint {
  /** A name, or an address in canonical text. */
  readonly host: string;
  /** As it is written, not checked yet; undefined where there is none. */
  readonly port: string | undefined;
}

/** Reads `HOST`, `HOST:PORT`, `V6`, `[V6]` or `[V6]:PORT`; undefined where the text is none. */
export function writtenEndpoint(text: string): WrittenEndpoint | undefined {
  const whole = address(text);
  if (whole !== undefined) return { host: whole, port: undefined };
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(text);
  const host = reachable(match?.[1] ?? match?.[2] ?? '');
  const isBracketed = match?.[1] !== undefined;
  if (host === undefined || isBracketed !== host.includes(':')) return undefined;
  return { host, port: match?.[3] };
}

/** A name or an address as it is looked up; undefined where the text is neither. */
export function reachable(text: string): string | undefined {
  return address(text) ?? (isName(text) ? text : undefined);
}

/** Names that end in a number are refused: resolvers take `10.1` for the address 10.0.0.1. */
function isName(text: string): boolean {
  if (text.length > 253 || /(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/i.test(text)) return false;
  return text
    .replace(/\.$/, '')
    .split('.')
    .every((label) => /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/.test(label));
}
