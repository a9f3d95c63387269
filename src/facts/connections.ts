/**
 * The established TCP connections of a host at ports of internal services, of either end, by ss(8).
 * Which port at an end is the service's tells which end the host is.
 */
import { type PortRange, rangeText } from '../model/port';
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface Connection {
  /** Does the host use the service, or serve it? */
  readonly side: 'uses' | 'serves';
  /** The host's own address, without brackets and zone. */
  readonly own: string;
  readonly other: string;
  /** The port of the service. */
  readonly port: number;
  /** Who holds it on this host; empty where ss(8) does not say. */
  readonly holder: string;
}

/** Columns without the state: queues, local address and port, the peer's, processes. */
const connectionsAt = `function address(text) { sub(/:[0-9]+$/, "", text); return text }
function port(text) { sub(/^.*:/, "", text); return text + 0 }
function wanted(number, i, bounds) {
for (i = 1; i <= count; i++) {
split(range[i], bounds, "-")
if (number >= bounds[1] + 0 && number <= (bounds[2] == "" ? bounds[1] : bounds[2]) + 0) return 1
}
return 0
}
BEGIN { count = split(ports, range, " ") }
NF >= 4 {
name = $5
sub(/^users:\\(\\("/, "", name); sub(/".*$/, "", name)
if (wanted(port($4))) print "uses", address($3), address($4), port($4), name
if (wanted(port($3))) print "serves", address($3), address($4), port($3), name
}`;
/** Undefined where the host has no ss(8). */
export function connections(ports: readonly PortRange[]): Fact<readonly Connection[] | undefined> {
  const wanted = ports.map((range) => rangeText(range)).join(' ');
  return {
    title: 'its connections at the ports of services',
    question: sh`command -v ss >/dev/null || { echo no-tool; exit 0; }
found=$(ss -Htnp state established) || exit 1
printf '%s\n' "$found" | awk -v ports=${wanted} ${connectionsAt} | sort -u
echo done`,
    parse: (answer) => {
      if (answer.stdout === 'no-tool') return undefined;
      const said = linesOf(answer.stdout);
      if (answer.exitCode !== 0 || said.at(-1) !== 'done') {
        throw new UnexpectedAnswer('cannot ask for its connections', answer);
      }
      return said.slice(0, -1).map((line) => {
        const [, side, own = '', other = '', port, holder = ''] =
          /^(uses|serves) (\S+) (\S+) (\d+) ?(.*)$/.exec(line) ?? [];
        if (side === undefined) throw new UnexpectedAnswer('ss(8) prints something else', answer);
        return {
          side: side === 'uses' ? 'uses' : 'serves',
          own: plain(own),
          other: plain(other),
          port: Number(port),
          holder,
        };
      });
    },
  };
}
/** As addresses are written elsewhere: no brackets, no zone, and IPv4 as such. */
function plain(text: string): string {
  return text
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/, '');
}
