/**
 * What must never be seen: private and preshared keys, and passwords.
 *
 * Hosts mask keys before a fact leaves (see facts/wireguard-file.ts). This is the second line: text
 * that nobody has parsed, such as the end of a command's stderr or a login banner, passes through
 * here on its way to a person. It can't tell a private from a public key, so it hides both.
 */

/** 32 bytes in base64 as wg(8) writes keys, whatever base64 it is stuck to. */
const keyLike = /[A-Za-z0-9+/]{43,}=+/g;

/** What stands where a secret stood. */
export const hidden = '(hidden)';

/** A text that nobody sees by mistake: whatever prints it prints that it is hidden. */
export interface Secret {
  /** The text itself, for whom it is meant for. */
  readonly reveal: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
}

export function secret(text: string): Secret {
  return { reveal: () => text, toString: () => hidden, toJSON: () => hidden };
}

/** The text with everything that looks like a WireGuard key hidden. */
export function redacted(text: string): string {
  return text.replace(keyLike, hidden);
}

/** The text with control characters escaped, but line feed and tab: it moves no cursor. */
export function escaped(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** The text safe for a terminal, and keys hidden. */
export function printable(text: string): string {
  return escaped(redacted(text));
}

/** The end of a text, at most `length` characters: hidden first and cut after, so that no cut key is left. */
export function ending(text: string, length: number): string {
  return printable(text.trim()).slice(-length);
}
