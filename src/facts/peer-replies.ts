/**
 * Do the peers answer, by WireGuard address; and of one that does not, what can the host tell of the
 * way to it?
 *
 * An idle peer has no handshake and is not broken: so traffic comes first, and its sessions are asked
 * for after it. Two handshakes that begin at once cross each other and both come to nothing, until
 * the next try after 5 s (REKEY_TIMEOUT, WireGuard paper, section 6.1); and all hosts are asked at
 * once. So where a pair has no live session, the one that is to wait does so for half a second. A
 * ping is repeated every second until one is answered (ping(8), -c with -w). All pings of a host run
 * at once, in batches, so that N silent peers cost one time-out.
 *
 * A path may carry small packets and drop large ones. So the first ping is as large as the interface
 * takes, and not to be fragmented: who answers that answers all. Where it is lost and a small one is
 * answered, the size is searched for, in steps of 16 bytes, which WireGuard fills packets up to
 * (section 5.4.6).
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
  /** Of the interface, in bytes. */
  readonly mtu: number;
  /** The addresses that answered a ping. */
  readonly answering: ReadonlySet<string>;
  /**
   * The largest packet in bytes that was answered, by address, where one of the interface's MTU was
   * lost without a word.
   */
  readonly largest: ReadonlyMap<string, number>;
  /** The device that packets to a silent address leave by; null: there is no route. */
  readonly devices: ReadonlyMap<string, string | null>;
  /** Does what is at a silent peer's endpoint answer a ping outside WireGuard? */
  readonly endpoints: ReadonlyMap<PublicKey, boolean>;
  /** Bytes received from each peer before anybody was pinged. */
  readonly receivedBefore: ReadonlyMap<PublicKey, number>;
}

/** Undefined where the interface is not there. */
export function peerReplies(
  interfaceName: string,
  targets: readonly PeerTarget[],
): Fact<PeerReplies | undefined> {
  return {
    title: `the peers' replies over ${interfaceName}`,
    question: sh`link=$(ip link show dev ${interfaceName} 2>/dev/null) || { echo absent; exit 0; }
command -v ping >/dev/null || { echo 'there is no ping' >&2; exit 1; }
dump=$(wg show ${interfaceName} dump) || exit 1
mtu=${new Script('${link#* mtu }')} mtu=${new Script('${mtu%% *}')}
peers=$(printf '%s\n' "$dump" | awk -F '\t' -v now="$(date +%s)" ${peersBefore})
printf 'mtu %s\n%s\n' "$mtu" "$peers"
ask() {
if [ "$3" = waits ]; then case $peers in *"asleep $2"*) sleep 0.5;; esac; fi
case $1 in *:*) headers=48;; *) headers=28;; esac
if said=$(fits "$1" "$mtu" 2); then printf 'answers %s\n' "$1"; return; fi
case $said in *'packet loss'*) patience=${patienceSeconds - 2};; *) patience=${patienceSeconds};; esac
if ping -n -q -c 1 -w "$patience" "$1" >/dev/null 2>&1; then
printf 'answers %s\n' "$1"
search "$1"
else
device=$(ip route get "$1" 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p;q')
printf 'device %s %s\n' "$1" "$device"
knock "$2"
fi
}
fits() { ping -M do -n -q -c 1 -w "$3" -s $(($2 - headers)) "$1" 2>&1; }
search() {
# Somebody on the way tells the size, or this ping does not know -M: nothing is lost unsaid.
case $said in *'100% packet loss'*) ;; *) return;; esac
case $said in *mtu*|*errors*) return;; esac
low=5 high=$(((mtu + 15) / 16))
while [ $((high - low)) -gt 1 ]; do
middle=$(((low + high) / 2))
if fits "$1" $((middle * 16)) 1 >/dev/null; then low=$middle; else high=$middle; fi
done
# The network may have been busy only, or the handshake slow.
fits "$1" "$mtu" 2 >/dev/null || printf 'largest %s %s\n' "$1" $((low * 16))
}
knock() {
outside=$(printf '%s\n' "$dump" | awk -F '\t' -v key="$1" ${endpointOfKey})
case $outside in ''|'(none)') return 0;; esac
outside=${new Script('${outside%:*}')} outside=${new Script('${outside#[}')} outside=${new Script('${outside%]}')}
if ping -n -q -c 1 -w 2 "$outside" >/dev/null 2>&1; then printf 'endpoint %s answers\n' "$1"
else printf 'endpoint %s silent\n' "$1"; fi
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
echo done`,
    parse: (answer) => {
      if (answer.stdout === 'absent') return undefined;
      const said = linesOf(answer.stdout).map((line) => line.split(/\s/));
      const of = (verb: string) => said.filter(([first]) => first === verb);
      if (of('done').length === 0) throw new UnexpectedAnswer('cannot ask the peers', answer);
      return {
        mtu: Number(of('mtu')[0]?.[1]),
        answering: new Set(of('answers').flatMap(([, ip]) => ip ?? [])),
        largest: new Map(of('largest').map(([, ip = '', bytes]) => [ip, Number(bytes)])),
        devices: new Map(
          of('device').map(([, ip = '', device = '']) => [ip, device === '' ? null : device]),
        ),
        endpoints: byKey(of('endpoint'), (reply) => reply === 'answers'),
        receivedBefore: byKey(of('before'), Number),
      };
    },
  };
}

function byKey<T>(
  said: readonly (readonly string[])[],
  read: (word: string) => T,
): ReadonlyMap<PublicKey, T> {
  return new Map(
    said.flatMap(([, text = '', word = '']): [PublicKey, T][] => {
      const key = publicKey(text);
      return key === undefined ? [] : [[key, read(word)]];
    }),
  );
}

/** Of `wg show INTERFACE dump`, wg(8): the first line is the interface. */
const endpointOfKey = 'NR > 1 && $1 == key { print $3 }';
const peersBefore = `NR > 1 {
print "before", $1, $6
if (now - $5 > ${String(renewedAfter)}) print "asleep", $1
}`;

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
