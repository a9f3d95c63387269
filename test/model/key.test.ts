import { createHash } from 'node:crypto';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { fingerprint, isOfLowOrder, isUsable, publicKey } from '../../src/model/key';
import { keyOf } from './fleet';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

test('every public key that belongs to a private key is read, and is usable', () => {
  const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const property = fc.property(secret, (bytes) => {
    const text = base64(nacl.scalarMult.base(bytes));
    const key = publicKey(text);
    expect(key).toBe(text);
    expect(key !== undefined && isUsable(key)).toBe(true);
    expect(key !== undefined && isOfLowOrder(key)).toBe(false);
  });
  fc.assert(property, { numRuns: 5 });
});

test('a public key is the one that OpenSSL has for the same private key', () => {
  const secret = createHash('sha256').update('host-1').digest();
  expect(base64(nacl.scalarMult.base(secret))).toBe(keyOf('host-1'));
});

test('all writings of 32 bytes but the canonical one are refused', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const text = keyOf('host-1');
  const others = Array.from(alphabet, (last) => `${text.slice(0, 42)}${last}=`);
  expect(others.filter((each) => publicKey(each) !== undefined)).toHaveLength(16);
});

test.each([
  ['nothing', ''],
  ['31 bytes', base64(new Uint8Array(31))],
  ['33 bytes', base64(new Uint8Array(33))],
  ['no padding', keyOf('a').slice(0, 43)],
  ['the alphabet of URLs', base64(new Uint8Array(32).fill(255)).replaceAll('/', '_')],
  ['a line feed', `${keyOf('a')}\n`],
  ['a space', ` ${keyOf('a')}`],
  ['hexadecimal', '00'.repeat(32)],
  ['what wg(8) prints for no key', '(none)'],
])('%s is no key', (_, text) => {
  expect(publicKey(text)).toBeUndefined();
});

/** The points of low order, https://cr.yp.to/ecdh.html#validate, little endian. */
const p = 2n ** 255n - 19n;
test.each([
  ['0', 0n],
  ['1', 1n],
  ['of order 8', 325606250916557431795983626356110631294008115727848805560023387167927233504n],
  [
    'of order 8 too',
    39382357235489614581723060781553021112529911719440698176882885853963445705823n,
  ],
  ['p - 1', p - 1n],
  ['p', p],
  ['p + 1', p + 1n],
])('nobody can agree on a secret with the point %s', (_, value) => {
  // The last bit is of no account.
  for (const point of [value, value + 2n ** 255n]) {
    const bytes = Uint8Array.from({ length: 32 }, (_byte, index) =>
      Number((point >> BigInt(8 * index)) & 0xffn),
    );
    const key = publicKey(base64(bytes));
    expect(key !== undefined && isUsable(key)).toBe(false);
    expect(key !== undefined && isOfLowOrder(key)).toBe(true);
  }
});

test('fingerprints are short, and tell keys apart', () => {
  const prints = ['a', 'b', 'c'].map((name) => fingerprint(keyOf(name)));
  expect(new Set(prints).size).toBe(3);
  expect(prints.every((each) => /^[0-9a-f]{16}$/.test(each))).toBe(true);
});
