/**
 * Do the doors of other hosts open to this one, past WireGuard? Who knocks at an address pings it and
 * looks who its neighbour there is, and then opens a connection to each of the ports; nothing is sent.
 *
 * A private address is used in many networks of the world. So where it is to be a neighbour's, nothing
 * is tried unless the neighbour has the link address that the host has told of itself.
 *
 * POSIX sh has no sockets: bash has (`/dev/tcp`), and so has nc(1). A host with neither can't say. With
 * bash all doors are one process each and wait together: silence, which is as it should be, costs the
 * time of one. A packet that is lost is repeated within that time, after a second (RFC 6298).
 */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface DoorTarget {
  /** In canonical text. */
  readonly address: string;
  /** What the neighbour of that address has to have; undefined: it may be anywhere. */
  readonly link: string | undefined;
  /** Each once. */
  readonly ports: readonly number[];
}

/** `silent`: no answer, or that there is no way to the host, as of a firewall. */
export type DoorReply =
  | { readonly kind: 'open' | 'refused' | 'silent' }
  | { readonly kind: 'untried'; readonly why: string };

export interface DoorReplies {
  /** Is there anybody, who answers a ping, or the question for his link address? */
  readonly isThere: boolean;
  readonly ports: ReadonlyMap<number, DoorReply>;
}

/** In the order of the targets; undefined where the host has no tool to connect with. */
export function doorReplies(
  targets: readonly DoorTarget[],
): Fact<readonly DoorReplies[] | undefined> {
  const words = targets.flatMap(({ address, link, ports }) => [
    address,
    link ?? '-',
    ports.join(','),
  ]);
  return {
    title: 'the doors of other hosts',
    question: sh`if command -v bash >/dev/null; then
knock() { bash -c ${knockWithBash} bash "$@"; }
elif command -v nc >/dev/null; then
knock() {
while [ $# -gt 0 ]; do
knock_once "$1" "$2" &
shift 2
[ $(($# % 128)) -ne 0 ] || wait
done
wait
}
knock_once() {
printf 'try %s %s\n' "$1" "$2"
if complaint=$(timeout ${patienceSeconds} nc -v -z "$1" "$2" 2>&1); then printf 'open %s %s\n' "$1" "$2"
else case $complaint in *refused*) printf '/dev/tcp/%s/%s: Connection refused\n' "$1" "$2";; esac
fi
}
else echo no-tool; exit 0
fi
look() {
if ping -n -q -c 1 -w ${patienceSeconds} "$1" >/dev/null 2>&1; then printf 'ping %s\n' "$1"; fi
ip neigh show to "$1" | sed -n 's/.* lladdr \([^ ]*\).*/neighbour '"$1"' \1/p'
}
seen=$(
set -- ${words}
while [ $# -gt 0 ]; do
look "$1" &
shift 3
done
wait)
printf '%s\n' "$seen"
doors=
set -- ${words}
while [ $# -gt 0 ]; do
if [ "$2" = - ] || printf '%s\n' "$seen" | grep -qxF "neighbour $1 $2"; then
doors="$doors $(printf '%s' "$3" | tr , '\n' | sed "s|^|$1 |")"
else printf 'stranger %s %s\n' "$1" "$2"
fi
shift 3
done
knock $doors
echo done`,
    parse: (answer) => {
      if (answer.stdout === 'no-tool') return undefined;
      const said = linesOf(answer.stdout);
      if (!said.includes('done')) throw new UnexpectedAnswer('cannot knock at doors', answer);
      const heard = new Set(said);
      const complaints = new Map(said.flatMap(complaintIn));
      const neighbours = new Set(said.flatMap((line) => /^neighbour (\S+) /.exec(line)?.[1] ?? []));
      return targets.map(({ address, link, ports }) => {
        const isStranger = link !== undefined && heard.has(`stranger ${address} ${link}`);
        const reply = (port: number) =>
          isStranger ? stranger : replyOf(`${address} ${String(port)}`, heard, complaints);
        return {
          isThere: heard.has(`ping ${address}`) || neighbours.has(address),
          ports: new Map(ports.map((port) => [port, reply(port)])),
        };
      });
    },
  };
}

const stranger: DoorReply = {
  kind: 'untried',
  why: 'what has this address in the network there is another machine, or nothing',
};

/** How long a door may take to answer. */
const patienceSeconds = 2;

/** Doors that are tried at once. */
const atOnce = 256;

/** Its arguments are an address and a port, and so on. What it says on stderr are deaths of its own. */
const knockWithBash = `exec 2>/dev/null
finish() {
{ sleep ${String(patienceSeconds)}; kill $pids; } >/dev/null 2>&1 &
timer=$!
wait $pids
kill "$timer"
pids= started=0
}
pids= started=0
while [ $# -gt 0 ]; do
{
printf "try %s %s\\n" "$1" "$2"
exec 3<>"/dev/tcp/$1/$2" && printf "open %s %s\\n" "$1" "$2"
} 2>&1 &
pids="$pids $!" started=$((started + 1))
shift 2
[ "$started" -lt ${String(atOnce)} ] || finish
done
[ "$started" -eq 0 ] || finish`;

/** Of `bash: line 1: /dev/tcp/203.0.113.7/22: Connection refused`, by address and port. */
function complaintIn(line: string): readonly [string, string][] {
  const [, address, port, reason] = /\/dev\/tcp\/(\S+)\/(\d+): (.+)$/.exec(line) ?? [];
  if (address === undefined || port === undefined || reason === undefined) return [];
  return [[`${address} ${port}`, reason]];
}

function replyOf(
  door: string,
  heard: ReadonlySet<string>,
  complaints: ReadonlyMap<string, string>,
): DoorReply {
  if (heard.has(`open ${door}`)) return { kind: 'open' };
  const complaint = complaints.get(door);
  switch (complaint) {
    case 'Connection refused':
      return { kind: 'refused' };
    case undefined:
      // A process that could not be started says nothing either.
      return heard.has(`try ${door}`)
        ? { kind: 'silent' }
        : { kind: 'untried', why: 'it was not tried' };
    // Routers and firewalls say so, and the host itself where nobody has that link address.
    case 'No route to host':
    case 'Connection timed out':
      return { kind: 'silent' };
    default:
      return { kind: 'untried', why: complaint };
  }
}
