/**
 * The WireGuard configuration as the file has it, with every secret masked before it leaves.
 *
 * The PrivateKey line becomes a statement: is it the key in the key file or another one? Whatever
 * else looks like a key and does not stand in a PublicKey line is hidden too: preshared keys, keys
 * in comments, keys in PostUp commands.
 */
import { hidden } from '../model/secret';
import { Script, sh } from '../model/shell';
import { type Fact, UnexpectedAnswer } from './fact';
import { absence } from './text-file';

/** What the PrivateKey line is masked with when it holds the key of the key file. */
export const ownKeyMark = '(the key of this host)';

/** What it is masked with otherwise. */
export const otherKeyMark = '(another key)';

export type WireguardFile =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'present';
      /** Octal: `600`. */
      readonly mode: string;
      readonly owner: string;
      /** Secrets masked. */
      readonly text: string;
    };

/** mawk knows no `{43}`; the key is read from its file, since argv is public. */
const mask = new Script(`
BEGIN { getline key < keyFile }
tolower($0) ~ /^[ \\t]*privatekey[ \\t]*=/ {
  value = $0
  sub(/^[^=]*=[ \\t]*/, "", value)
  sub(/[ \\t]*(#.*)?$/, "", value)
  print "PrivateKey = " (value != "" && value == key ? own : other)
  next
}
tolower($0) ~ /^[ \\t]*publickey[ \\t]*=[ \\t]*[A-Za-z0-9+\\/]*=[ \\t]*$/ { print; next }
{
  rest = $0
  safe = ""
  while (match(rest, /[A-Za-z0-9+\\/]+=/)) {
    word = substr(rest, RSTART, RLENGTH)
    safe = safe substr(rest, 1, RSTART - 1) (RLENGTH < 44 ? word : hidden)
    rest = substr(rest, RSTART + RLENGTH)
  }
  print safe rest
}`);

export function wireguardFile(configFile: string, keyFile: string): Fact<WireguardFile> {
  return {
    title: `the WireGuard configuration in ${configFile}`,
    question: sh`if [ -e ${configFile} ]; then
stat -c 'file %a %U' ${configFile} && awk -v keyFile=${keyFile} -v own=${ownKeyMark} \
-v other=${otherKeyMark} -v hidden=${hidden} ${mask.text} ${configFile}
else ${absence(configFile)}
fi`,
    parse: (answer) => {
      if (answer.exitCode === 0 && answer.stdout === 'absent') return { kind: 'absent' };
      const [, mode, owner, text] = /^file (\d+) (\S+)(?:\n|$)([^]*)$/.exec(answer.stdout) ?? [];
      if (answer.exitCode !== 0 || mode === undefined || owner === undefined) {
        throw new UnexpectedAnswer(`cannot read ${configFile}`, answer);
      }
      return { kind: 'present', mode, owner, text: `${text ?? ''}\n` };
    },
  };
}
