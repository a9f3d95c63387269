/**
 * The sessions of a WireGuard interface, and what they hang on: wg(8)'s dump without its secrets,
 * with what changes by itself (handshakes, bytes, endpoints). For looking only: no push is ever
 * planned on it.
 */
import { publicKey, type PublicKey } from '../model/key';
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface Session {
  readonly publicKey: PublicKey;
  /** `ADDRESS:PORT`; null: nowhere yet. */
  readonly endpoint: string | null;
  /** As wg(8) lists them: `10.50.0.2/32,fd50:50:50::2/128`. */
  readonly allowedIps: string;
  /**
   * Seconds since the last handshake by the host's own clock, below 0 where the clock has been set
   * back since; null: there never was one.
   */
  readonly ageSeconds: number | null;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

export interface Sessions {
  /** Seconds since 1970, by the host's own clock. */
  readonly clock: number;
  /** The interface's addresses, without their prefix lengths. */
  readonly addresses: readonly string[];
  /** The interface's own; undefined: it has no private key. */
  readonly publicKey: PublicKey | undefined;
  readonly listenPort: number;
  /** In the order of their keys. */
  readonly sessions: readonly Session[];
}

/** Undefined where the interface is not there. */
export function wireguardSessions(interfaceName: string): Fact<Sessions | undefined> {
  return {
    title: `the sessions of ${interfaceName}`,
    question: sh`found=$(ip -o address show dev ${interfaceName} 2>/dev/null) ||
{ echo absent; exit 0; }
now=$(date +%s)
dump=$(wg show ${interfaceName} dump) || exit 1
printf 'clock %s\n' "$now"
printf '%s\n' "$found" = "$dump" | awk -F '\t' -v now="$now" ${publicColumns} | sort`,
    parse: (answer) => {
      const said = linesOf(answer.stdout);
      if (said[0] === 'absent') return undefined;
      const sessions = answer.exitCode === 0 ? sessionsIn(said) : undefined;
      if (sessions === undefined) throw new UnexpectedAnswer('cannot read the sessions', answer);
      return sessions;
    },
  };
}

/**
 * Addresses as ip(8) prints them, and behind a line `=` the columns of `wg show INTERFACE dump`, wg(8),
 * without the private and the preshared keys.
 */
const publicColumns = `
$0 == "=" { line = 1; next }
!line {
count = split($0, word, " ")
for (i = 1; i < count; i++) if (word[i] ~ /^inet6?$/) { sub(/\\/.*/, "", word[i + 1]); print "address", word[i + 1] }
next
}
line++ == 1 { print "own", $2, $3; next }
{ print "session", $1, $3, $4, ($5 == 0 ? "never" : now - $5), $6, $7 }`;

/** Undefined where they are not all there. */
function sessionsIn(said: readonly string[]): Sessions | undefined {
  const words = said.map((line) => line.split(' '));
  const own = words.find(([verb]) => verb === 'own');
  const clock = words.find(([verb]) => verb === 'clock')?.[1];
  const sessions = words.filter(([verb]) => verb === 'session').map(sessionIn);
  const listenPort = Number(own?.[2]);
  if (own === undefined || clock === undefined || !Number.isInteger(listenPort)) return undefined;
  return {
    clock: Number(clock),
    addresses: words.flatMap(([verb, ip = '']) => (verb === 'address' ? [ip] : [])),
    publicKey: publicKey(own[1] ?? ''),
    listenPort,
    sessions: sessions.flatMap((session) => session ?? []),
  };
}

function sessionIn(words: readonly string[]): Session | undefined {
  const [, text = '', endpoint = '', allowedIps = '', age, received, sent] = words;
  const key = publicKey(text);
  if (key === undefined) return undefined;
  return {
    publicKey: key,
    endpoint: endpoint === '(none)' ? null : endpoint,
    allowedIps: allowedIps === '(none)' ? '' : allowedIps,
    ageSeconds: age === 'never' ? null : Number(age),
    receivedBytes: Number(received),
    sentBytes: Number(sent),
  };
}
