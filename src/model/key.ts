/**
 * WireGuard public keys: 32 bytes of Curve25519, in base64.
 *
 * There is no type for a private key: it is made on its own host, stays there, and never passes
 * through the controller.
 */
import { createHash } from 'node:crypto';
import nacl from 'tweetnacl';

declare const brand: unique symbol;

/** A public key as `wg show` prints it: 44 characters of canonical base64. */
export type PublicKey = string & { readonly [brand]: 'PublicKey' };

/** Reads a key; undefined where the text is not 32 bytes in canonical base64. */
export function publicKey(text: string): PublicKey | undefined {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined;
  // Two spare bits at the end: a text that sets them is another writing of some other key.
  if (Buffer.from(text, 'base64').toString('base64') !== text) return undefined;
  return text as PublicKey;
}

/**
 * Can two peers agree on a secret with this key? A point of low order gives zeros with every
 * private key (RFC 7748, section 6.1), and WireGuard drops its handshakes without a word.
 */
export function isUsable(key: PublicKey): boolean {
  const anyScalar = new Uint8Array(32).fill(0x42);
  return nacl.scalarMult(anyScalar, Buffer.from(key, 'base64')).some((byte) => byte !== 0);
}

/** A short name of a key for people: the start of its SHA-256, in hex. */
export function fingerprint(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}
