/**
 * The host's WireGuard key: made on the host itself, once. It never leaves.
 *
 * A host that already has a configuration keeps the identity that is in it (INV-2).
 */
import { wireguardKey } from '../facts/wireguard-key';
import { knownAfterApply } from '../model/change';
import { lines, sh } from '../model/shell';
import { resource } from './resource';

interface Args {
  readonly key_file: string;
  readonly config_file: string;
}

/** The value of the first PrivateKey line, as wg(8) reads it: in any case, with a comment behind. */
const adoptedKey = `tolower($0) ~ /^[ \\t]*privatekey[ \\t]*=/ {
  sub(/^[^=]*=[ \\t]*/, "")
  sub(/[ \\t]*(#.*)?$/, "")
  print
  exit
}`;

export const wireguardKeyResource = resource({
  kind: 'wireguard-key',
  args: {
    type: 'object',
    required: ['key_file', 'config_file'],
    additionalProperties: false,
    properties: {
      key_file: { description: 'Where the private key is kept, 0600.', type: 'string' },
      config_file: {
        description: 'A configuration that may already hold a key; its key is adopted.',
        type: 'string',
      },
    },
  },
  facts: ({ key_file, config_file }: Args) => ({ key: wireguardKey(key_file, config_file) }),
  *diff({ key_file, config_file }, { key }) {
    if (key.kind === 'absent') {
      const source = key.inConfig ? sh`awk ${adoptedKey} ${config_file}` : sh`wg genkey`;
      yield {
        summary: key.inConfig
          ? `adopt the key of ${config_file} as ${key_file}`
          : `make a key in ${key_file}`,
        before: '',
        after: `public key ${knownAfterApply}`,
        commands: [
          lines(
            sh`mkdir -p -m 700 "$(dirname ${key_file})"`,
            sh`new=$(mktemp ${`${key_file}.XXXXXX`})`,
            sh`trap 'rm -f "$new"' EXIT`,
            sh`${source} >"$new"`,
            // Proves that it is a key before it becomes the host's identity.
            sh`wg pubkey <"$new" >/dev/null`,
            sh`mv "$new" ${key_file}`,
          ),
        ],
      };
      return;
    }
    if (key.mode !== '600' || key.owner !== 'root') {
      yield {
        summary: `let only root read ${key_file}`,
        before: `mode ${key.mode}, owner ${key.owner}`,
        after: 'mode 600, owner root',
        commands: [sh`chown root: ${key_file} && chmod 600 ${key_file}`],
      };
    }
  },
});
