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

/**
 * Is it one of the points that `isUsable` finds? They are few and known
 * (https://cr.yp.to/ecdh.html#validate): comparing costs nothing, where the proof costs 3 ms a key,
 * half a minute for the lock of ten thousand hosts.
 */
export function isOfLowOrder(key: PublicKey): boolean {
  const bytes = Buffer.from(key, 'base64');
  // X25519 has no use for the last bit (RFC 7748, section 5).
  bytes.writeUInt8(bytes.readUInt8(31) & 0x7f, 31);
  return lowOrder.has(bytes.toString('hex'));
}

/** Little endian: 0, 1, two of order 8, and p - 1, p, p + 1 for p = 2^255 - 19. */
const lowOrder: ReadonlySet<string> = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

/** A short name of a key for people: the start of its SHA-256, in hex. */
export function fingerprint(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}
