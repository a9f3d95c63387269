/**
 * Opening TCP connections from a host to doors of others: an address and a port each. Nothing is sent.
 *
 * POSIX sh has no sockets: bash has (`/dev/tcp`), and so has nc(1). A host with neither can't say. With
 * bash all doors are one process each, which is no program of its own, and wait together: silence costs
 * the time of one. A packet that is lost is repeated within that time, after a second (RFC 6298).
 */
import { sh } from '../model/shell';

/** `silent`: no answer, or that there is no way to the host, as of a firewall. */
export type DoorReply =
  | { readonly kind: 'open' | 'refused' | 'silent' }
  | { readonly kind: 'untried'; readonly why: string };

/** How long a door may take to answer. */
export const patienceSeconds = 2;

/** All that a host says that has nothing to connect with. */
export const noTool = 'no-tool';

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

/**
 * Defines the shell function `knock ADDRESS PORT…`, which prints what `knockedIn` reads. Where there is
 * nothing to connect with, it says so and ends the script.
 */
export const defineKnock = sh`if command -v bash >/dev/null; then
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
else echo ${noTool}; exit 0
fi`;

/** What `knock` has found out, by address and port. */
export function knockedIn(said: readonly string[]): (address: string, port: number) => DoorReply {
  const heard = new Set(said);
  const complaints = new Map(said.flatMap(complaintIn));
  return (address, port) => replyOf(`${address} ${String(port)}`, heard, complaints);
}

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
