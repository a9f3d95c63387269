/**
 * What must never be seen: private and preshared keys.
 *
 * Hosts mask them before a fact leaves (see facts/wireguard-file.ts). This is the second line: text
 * that nobody has parsed, such as the end of a command's stderr or a login banner, passes through
 * here on its way to a person. It can't tell a private from a public key, so it hides both.
 */

/** 32 bytes in base64 as wg(8) writes keys, standing alone. */
const keyLike = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=(?!=)/g;

/** What stands where a secret stood. */
export const hidden = '(hidden)';

/** The text with everything that looks like a WireGuard key hidden. */
export function redacted(text: string): string {
  return text.replace(keyLike, hidden);
}

/** The text safe for a terminal: control characters but line feed and tab are escaped, keys hidden. */
export function printable(text: string): string {
  const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
  return redacted(text).replace(
    controls,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
