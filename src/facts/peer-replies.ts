/**
 * Do the peers answer, by WireGuard address, and how old is each handshake?
 *
 * An idle peer has no handshake and is not broken: so traffic comes first, the question after it.
 * Two handshakes that begin at once cross each other and both come to nothing, until the next try
 * after 5 s (REKEY_TIMEOUT, WireGuard paper, section 6.1); and all hosts are asked at once. So where
 * a pair has no live session, the one that is to wait does so for half a second. A ping is repeated
 * every second until one is answered (ping(8), -c with -w). All pings of a host run at once, in
 * batches, so that N silent peers cost one time-out.
 */
import { Script, sh } from '../model/shell';
import { publicKey, type PublicKey } from '../model/key';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

/** How long a peer may take to answer: two handshakes that failed, and a bit. */
export const patienceSeconds = 11;

/** Seconds after which a session is renewed by the next packet: REKEY_AFTER_TIME. */
const renewedAfter = 120;

/** An address of a peer. */
export interface PeerTarget {
  readonly address: string;
  readonly publicKey: PublicKey;
  /** Does the peer begin the handshake, and this host wait? */
  readonly waits: boolean;
}

export interface PeerReplies {
  /** The addresses that answered a ping. */
  readonly answering: ReadonlySet<string>;
  /** Seconds since the last handshake by the host's own clock; a peer that never had one is absent. */
  readonly handshakeAges: ReadonlyMap<PublicKey, number>;
}

/** Undefined where the interface is not there. */
export function peerReplies(
  interfaceName: string,
  targets: readonly PeerTarget[],
): Fact<PeerReplies | undefined> {
  return {
    title: `the peers' replies over ${interfaceName}`,
    question: sh`ip link show dev ${interfaceName} >/dev/null 2>&1 || { echo absent; exit 0; }
command -v ping >/dev/null || { echo 'there is no ping' >&2; exit 1; }
handshakes=$(wg show ${interfaceName} latest-handshakes) || exit 1
asleep=" $(printf '%s\n' "$handshakes" |
awk -v now="$(date +%s)" ${stalePeers} | tr '\n' ' ') "
ask() {
if [ "$3" = waits ]; then case $asleep in *" $2 "*) sleep 0.5;; esac; fi
ping -n -q -c 1 -w ${patienceSeconds} "$1" >/dev/null 2>&1 && printf 'answers %s\n' "$1"
}
started=0
set -- ${new Script(targets.map((target) => words(target).text).join(' '))}
while [ $# -gt 0 ]; do
ask "$1" "$2" "$3" &
shift 3
started=$((started + 1))
[ $((started % 64)) -ne 0 ] || wait
done
wait
now=$(date +%s)
handshakes=$(wg show ${interfaceName} latest-handshakes) || exit 1
[ -z "$handshakes" ] || printf '%s\n' "$handshakes" | while read -r peer at; do
[ "$at" -eq 0 ] || printf 'handshake %s %s\n' "$peer" "$((now - at))"
done
echo done`,
    parse: (answer) => {
      if (answer.stdout === 'absent') return undefined;
      const said = linesOf(answer.stdout);
      if (!said.includes('done')) throw new UnexpectedAnswer('cannot ask the peers', answer);
      const words = said.map((line) => line.split(' '));
      return {
        answering: new Set(words.flatMap(([verb, ip]) => (verb === 'answers' && ip ? [ip] : []))),
        handshakeAges: new Map(
          words.flatMap(([verb, peer = '', age]): [PublicKey, number][] => {
            const key = publicKey(peer);
            return verb === 'handshake' && key !== undefined ? [[key, Number(age)]] : [];
          }),
        ),
      };
    },
  };
}

const stalePeers = `now - $2 > ${String(renewedAfter)} { print $1 }`;

/** Quoted once for each target, whoever asks: a full mesh has a million of them. */
function words(target: PeerTarget): Script {
  const known = quotedWords.get(target);
  if (known !== undefined) return known;
  const { address, publicKey: key, waits } = target;
  const quoted = sh`${[address, key, waits ? 'waits' : 'begins']}`;
  quotedWords.set(target, quoted);
  return quoted;
}

const quotedWords = new WeakMap<PeerTarget, Script>();
