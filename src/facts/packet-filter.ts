/**
 * What the kernel's packet filter does with what comes in, as far as ufw has a part in it. Files
 * say what will hold after a reboot; this says what holds now.
 */
import type { Family } from '../model/address';
import { eachLine, Script, sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface PacketFilter {
  /** What happens to a packet that no rule decides: `DROP`, `ACCEPT`. */
  readonly inputPolicy: string;
  /** Does incoming traffic pass through ufw's chains, and are they loaded? */
  readonly isLoaded: boolean;
  /** The rules of ufw's user chain, in their order, each without `-A CHAIN`. */
  readonly userRules: readonly string[];
  /** The same of the chain for what is passed on. */
  readonly forwardRules: readonly string[];
  /** Rules that admit ahead of ufw's or beside them, ufw's own among them, each with `-A CHAIN`. */
  readonly otherAdmissions: readonly string[];
}

/** Of `:CHAIN POLICY [PACKETS:BYTES]`: the counters change by themselves. */
const chainAndPolicy = new Script('"${line% *}"');

const admission = /^-A (?:INPUT|ufw6?-(?:before|after)-input) (?:.* )?-j ACCEPT/;

/** Undefined where there is no iptables yet. */
export function packetFilter(family: Family): Fact<PacketFilter | undefined> {
  const save = family === 4 ? 'iptables-save' : 'ip6tables-save';
  const prefix = family === 4 ? 'ufw' : 'ufw6';
  return {
    title: `the IPv${String(family)} packet filter`,
    question: sh`if ! command -v ${save} >/dev/null; then echo absent; exit 0; fi
saved=$(${save} -t filter) || exit 1
${eachLine} $saved; do
case $line in
:*) printf '%s\n' ${chainAndPolicy};;
'-A INPUT -j ufw'*|'-A INPUT '*'-j ACCEPT'*|'-A '${prefix}-before-input' '*'-j ACCEPT'*|\
'-A '${prefix}-after-input' '*'-j ACCEPT'*|'-A '${prefix}-user-input' '*|'-A '${prefix}-user-forward' '*)
printf '%s\n' "$line";;
esac
done`,
    parse: (answer) => {
      if (answer.exitCode !== 0) {
        throw new UnexpectedAnswer(`cannot read the IPv${String(family)} packet filter`, answer);
      }
      if (answer.stdout === 'absent') return undefined;
      const said = linesOf(answer.stdout);
      const [, inputPolicy] = /^:INPUT (\S+)/m.exec(answer.stdout) ?? [];
      const rulesOf = (chain: string): readonly string[] => {
        const start = `-A ${prefix}-user-${chain} `;
        return said
          .filter((line) => line.startsWith(start))
          .map((line) => line.slice(start.length));
      };
      return {
        // A table that nothing has touched yet is printed empty, and accepts.
        inputPolicy: inputPolicy ?? 'ACCEPT',
        // Disabling ufw leaves the hook and takes the chains; flushing leaves the chains.
        isLoaded:
          said.includes(`-A INPUT -j ${prefix}-before-input`) &&
          said.includes(`:${prefix}-user-input -`),
        userRules: rulesOf('input'),
        forwardRules: rulesOf('forward'),
        otherAdmissions: said.filter((line) => admission.test(line)),
      };
    },
  };
}
