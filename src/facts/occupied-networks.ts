/**
 * What a host has of some networks already, other than over WireGuard: routes of all tables (its own
 * addresses are in the table `local`) and the networks of Docker, which has no route for one that
 * nobody uses at the moment.
 *
 * Of all other routes nothing is said: they come and go by themselves (an address of IPv6 is proven
 * first, a container gets one), and would make a host look as if somebody had changed it.
 */
import { subnet, address, single, type Subnet } from '../model/address';
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface OccupiedNetwork {
  readonly subnet: Subnet;
  /** What has it, for people: `a route on eth1`, `the Docker network backend`. */
  readonly owner: string;
}

/** Of ip-route(8): what stands before a destination where it is no plain route. */
const kinds = 'unicast local broadcast multicast anycast throw unreachable prohibit blackhole nat';

/** The destination and the device; what else there is (lifetimes) changes by itself. */
const destinations = `{
at = 1
if (index(kinds, " " $1 " ")) at = 2
dev = "-"
for (i = at; i < NF; i++) if ($i == "dev") dev = $(i + 1)
if ($at != "default" && dev != wg && $1 != "multicast") print "route", $at, dev
}`;

export function occupiedNetworks(
  wg: string,
  networks: readonly string[],
): Fact<readonly OccupiedNetwork[]> {
  return {
    title: 'the networks that the host has',
    // `root`: routes to the network itself, or to a part of it (ip-route(8)).
    question: sh`routes=$(for net in ${networks}; do
case $net in *:*) family=-6;; *) family=-4;; esac
ip "$family" route show table all root "$net" || exit 1
done) || exit 1
printf '%s\n' "$routes" | awk -v wg=${wg} -v kinds=${` ${kinds} `} ${destinations} | sort -u
if command -v docker >/dev/null && ids=$(docker network ls -q 2>/dev/null) && [ -n "$ids" ]; then
docker network inspect $ids --format '{{$name := .Name}}{{range .IPAM.Config}}docker {{.Subnet}} {{$name}}
{{end}}' | grep '^docker ' | sort -u
fi
echo done`,
    parse: (answer) => {
      const said = linesOf(answer.stdout);
      if (answer.exitCode !== 0 || !said.includes('done')) {
        throw new UnexpectedAnswer('cannot read the networks of the host', answer);
      }
      return said.flatMap((line): OccupiedNetwork[] => {
        const [what, text = '', name = ''] = line.split(' ');
        const ip = address(text);
        const net = subnet(ip === undefined ? text : single(ip));
        if (net === undefined) return [];
        if (what === 'docker') return [{ subnet: net, owner: `the Docker network ${name}` }];
        return [{ subnet: net, owner: name === '-' ? 'a route' : `a route on ${name}` }];
      });
    },
  };
}
