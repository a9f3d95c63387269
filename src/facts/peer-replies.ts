/**
 * Do the peers answer, by WireGuard address, and how old is each handshake?
 *
 * An idle peer has no handshake and is not broken: so traffic comes first, the question after it.
 * A handshake that found nobody at home is tried again after 5 s (REKEY_TIMEOUT, WireGuard paper,
 * section 6.1) and the packets wait for it; so the second ping waits longer than that. All pings of
 * a host run at once, in batches, so that N silent peers cost one time-out.
 */
import { sh } from '../model/shell';
import { publicKey, type PublicKey } from '../model/key';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface PeerReplies {
  /** The addresses that answered a ping. */
  readonly answering: ReadonlySet<string>;
  /** Seconds since the last handshake by the host's own clock; a peer that never had one is absent. */
  readonly handshakeAges: ReadonlyMap<PublicKey, number>;
}

/** Undefined where the interface is not there. */
export function peerReplies(
  interfaceName: string,
  addresses: readonly string[],
): Fact<PeerReplies | undefined> {
  return {
    title: `the peers' replies over ${interfaceName}`,
    question: sh`ip link show dev ${interfaceName} >/dev/null 2>&1 || { echo absent; exit 0; }
reach() { ping -n -q -c 1 -W 1 "$1" || ping -n -q -c 1 -W 7 "$1"; }
started=0
for peer in ${addresses}; do
{ reach "$peer" >/dev/null 2>&1 && printf 'answers %s\n' "$peer"; } &
started=$((started + 1))
[ $((started % 64)) -ne 0 ] || wait
done
wait
now=$(date +%s)
wg show ${interfaceName} latest-handshakes | while read -r peer at; do
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
