/** A private key file: its key, or why it can't be used. */
import { readFile } from 'node:fs/promises';
import { type ParsedKey, utils } from 'ssh2';
import type { Secret } from '../model/secret';
import { onlyBySsh } from './only-by-ssh';
import { errorCode, errorMessage } from './system-error';

export type IdentityFile =
  | { readonly kind: 'usable'; readonly key: ParsedKey }
  | { readonly kind: 'missing' }
  /** The private half is not there, but an agent may have it. */
  | { readonly kind: 'public'; readonly publicKey: Buffer }
  /** The public half is known where the format shows it (OpenSSH's own does), or a file beside it. */
  | { readonly kind: 'encrypted'; readonly publicKey: Buffer | undefined }
  | { readonly kind: 'unusable'; readonly reason: string };

export async function readIdentityFile(file: string): Promise<IdentityFile> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') return { kind: 'unusable', reason: errorMessage(error) };
    const publicKey = await publicKeyBeside(file);
    return publicKey === undefined ? { kind: 'missing' } : { kind: 'public', publicKey };
  }
  const identity = parseIdentity(text);
  if (identity.kind !== 'encrypted' || identity.publicKey !== undefined) return identity;
  return { ...identity, publicKey: await publicKeyBeside(file) };
}

/** As ssh-keygen leaves it in `FILE.pub`. */
async function publicKeyBeside(file: string): Promise<Buffer | undefined> {
  const text = await readFile(`${file}.pub`, 'utf8').catch(() => '');
  const identity = parseIdentity(text);
  return identity.kind === 'public' ? identity.publicKey : undefined;
}

/** Undefined where this is not its passphrase. It takes a quarter of a second of the event loop. */
export async function unlockedFile(
  file: string,
  passphrase: Secret,
): Promise<Extract<IdentityFile, { kind: 'usable' }> | undefined> {
  const identity = parseIdentity(await readFile(file, 'utf8'), passphrase);
  return identity.kind === 'usable' ? identity : undefined;
}

export function parseIdentity(text: string, passphrase?: Secret): IdentityFile {
  const key = utils.parseKey(text, passphrase?.reveal());
  if (key instanceof Error) {
    if (/no passphrase/.test(key.message)) {
      return { kind: 'encrypted', publicKey: publicHalf(text) };
    }
    return { kind: 'unusable', reason: reasonOf(key.message) };
  }
  if (!key.isPrivateKey()) return { kind: 'public', publicKey: key.getPublicSSH() };
  return { kind: 'usable', key };
}

function reasonOf(message: string): string {
  const hardware = /Unsupported OpenSSH private key type: (sk-\S+)/.exec(message)?.[1];
  if (hardware !== undefined) return `it is a hardware key (${hardware}), of which ${onlyBySsh}`;
  if (message === 'Unsupported key format') {
    return 'it is no private key in OpenSSH or PEM format (ssh-keygen -p -f FILE rewrites one)';
  }
  return message;
}

/** The public key in front of the encrypted part (OpenSSH's PROTOCOL.key). */
function publicHalf(text: string): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64');
  // The magic word, then cipher, KDF and its options, the number of keys, and the first key.
  let offset = 'openssh-key-v1\0'.length;
  const next = (): Buffer | undefined => {
    if (offset + 4 > bytes.length) return undefined;
    const end = offset + 4 + bytes.readUInt32BE(offset);
    const field = bytes.subarray(offset + 4, end);
    offset = end;
    return field;
  };
  for (let skipped = 0; skipped < 3; skipped += 1) next();
  offset += 4;
  return next();
}
