/**
 * The host's WireGuard identity: is there a private key, and which public key belongs to it?
 *
 * The private key is read by `wg pubkey` on its stdin, and by nothing else.
 */
import { publicKey, type PublicKey } from '../model/key';
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';
import { absence } from './text-file';

export type WireguardKey =
  /** `inConfig`: a configuration by somebody else holds a key, which is this host's identity. */
  | { readonly kind: 'absent'; readonly inConfig: boolean }
  /** `publicKey` is undefined where wireguard-tools are not there to tell it. */
  | {
      readonly kind: 'present';
      /** Octal: `600`. */
      readonly mode: string;
      readonly owner: string;
      readonly publicKey: PublicKey | undefined;
    };

export function wireguardKey(keyFile: string, configFile: string): Fact<WireguardKey> {
  return {
    title: `the WireGuard key in ${keyFile}`,
    question: sh`if [ -e ${keyFile} ]; then
stat -c 'key %a %U' ${keyFile}
if command -v wg >/dev/null; then printf 'public %s\n' "$(wg pubkey <${keyFile})"; fi
elif grep -qi '^[[:space:]]*PrivateKey[[:space:]]*=' ${configFile} 2>/dev/null; then echo in-config
else ${absence(keyFile)}
fi`,
    parse: (answer) => {
      if (answer.stdout === 'absent') return { kind: 'absent', inConfig: false };
      if (answer.stdout === 'in-config') return { kind: 'absent', inConfig: true };
      const [head, tail] = linesOf(answer.stdout);
      const [, mode, owner] = /^key (\d+) (\S+)$/.exec(head ?? '') ?? [];
      if (mode === undefined || owner === undefined) {
        throw new UnexpectedAnswer(`cannot read ${keyFile}`, answer);
      }
      if (tail === undefined) return { kind: 'present', mode, owner, publicKey: undefined };
      const key = publicKey(tail.replace(/^public /, ''));
      if (key === undefined) {
        throw new UnexpectedAnswer(
          `${keyFile} holds no private key; restore it, or remove it to have a new one made`,
          answer,
        );
      }
      return { kind: 'present', mode, owner, publicKey: key };
    },
  };
}
