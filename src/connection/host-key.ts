/** A public key as SSH writes it on the wire and, in base64, into files (RFC 4253, section 6.6). */
import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';

/** The host key algorithms that we speak, in the order in which an unknown host is asked for them. */
const algorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** The key's own type, its first string; undefined where the bytes are no key. */
export function keyType(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const end = 4 + key.readUInt32BE(0);
  return end === 4 || end > key.length ? undefined : key.toString('latin1', 4, end);
}

/** As `ssh-keygen -l` and ssh itself show it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Type and fingerprint: what a person compares. */
export function describedKey(key: Buffer): string {
  return `${keyType(key) ?? 'unreadable key'} ${fingerprint(key)}`;
}

/**
 * The algorithms to offer to a host: those of the key types that are known of it come first, so
 * that it shows the key that can be compared. The others follow, and their key is then refused by
 * the verdict, with both fingerprints; a bare "no matching host key format" would show neither.
 */
export function hostKeyAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string): boolean => knownTypes.includes(keyTypeOf(algorithm));
  return [...algorithms.filter(isKnown), ...algorithms.filter((one) => !isKnown(one))];
}

/** RSA keys have one type and, since RFC 8332, better signatures; SHA-1 (`ssh-rsa`) is not offered. */
function keyTypeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;
}
