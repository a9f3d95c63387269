/** WireGuard public keys that somebody wrote into a file. */
import { isOfLowOrder, publicKey, type PublicKey } from '../model/key';
import type { Reading } from './reading';
import { problemAt, textOf, type YamlNode } from './yaml-node';

/** Reads a key; undefined where there is none, or none that is one. */
export function* readPublicKey(node: YamlNode | undefined): Reading<PublicKey | undefined> {
  const text = textOf(node);
  if (node === undefined || text === undefined) return undefined;
  const key = publicKey(text);
  if (key === undefined) {
    yield problemAt(node, 'this is not a WireGuard public key: 44 characters of canonical base64');
  } else if (isOfLowOrder(key)) {
    yield problemAt(node, 'this public key is of low order: no peer would get a handshake with it');
  }
  return key;
}
