/**
 * What a host has of some networks already, other than over WireGuard: the networks of Docker, which
 * has no route for one of its macvlan networks that nobody uses at the moment, and routes of all
 * tables (its own addresses are in the table `local`).
 *
 * Of all others nothing is said: they come and go by themselves (an address of IPv6 is proven first,
 * an application is deployed with a network of its own), and would make a host look as if somebody
 * had changed it. Only Docker's networks of IPv6 are all there: they are few, and awk can't tell.
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

/** Of lines `docker SUBNET NAME`, those of IPv6 and those that lie within one of the networks. */
const dockerWithin = `function number(ip, part) {
split(ip, part, ".")
return ((part[1] * 256 + part[2]) * 256 + part[3]) * 256 + part[4]
}
function within(inner, outer, i, o, size) {
split(inner, i, "/"); split(outer, o, "/")
size = 1; for (bit = o[2]; bit < 32; bit++) size *= 2
return i[2] >= o[2] && int(number(i[1]) / size) == int(number(o[1]) / size)
}
$1 == "docker" {
found = ($2 ~ /:/)
for (n = split(nets, net, " "); n > 0; n--) if (net[n] !~ /:/ && within($2, net[n])) found = 1
if (found) print
}`;

/** The destination and the device; what else there is (lifetimes) changes by itself. */
const destinations = `{
at = 1
if (index(kinds, " " $1 " ")) at = 2
dev = "-"
for (i = at; i < NF; i++) if ($i == "dev") dev = $(i + 1)
if (NF && $at != "default" && dev != wg && $1 != "multicast") print "route", $at, dev
}`;

/** Docker's first: they have routes too, on bridges whose names tell nobody anything. */
export function occupiedNetworks(
  wg: string,
  networks: readonly string[],
): Fact<readonly OccupiedNetwork[]> {
  return {
    title: 'the networks that the host has',
    // `root`: routes to the network itself, or to a part of it (ip-route(8)).
    question: sh`if command -v docker >/dev/null && ids=$(docker network ls -q 2>/dev/null) && [ -n "$ids" ]; then
docker network inspect $ids --format '{{$name := .Name}}{{range .IPAM.Config}}docker {{.Subnet}} {{$name}}
{{end}}' | awk -v nets=${networks.join(' ')} ${dockerWithin} | sort -u
fi
routes=$(for net in ${networks}; do
case $net in *:*) family=-6;; *) family=-4;; esac
ip "$family" route show table all root "$net" || exit 1
done) || exit 1
printf '%s\n' "$routes" | awk -v wg=${wg} -v kinds=${` ${kinds} `} ${destinations} | sort -u
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
