/**
 * Does the kernel pass packets on, and which interfaces have their IPv6 default route from a router
 * that advertises itself? The interfaces of containers are left out: they come and go, and would make
 * a host look as if somebody had changed it.
 */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface ForwardingState {
  /** By the path of the parameter below /proc/sys: `net/ipv4/ip_forward`. */
  readonly values: ReadonlyMap<string, string>;
  /** Interfaces with a default route by router advertisement, sorted. */
  readonly advertised: readonly string[];
}

export function forwardingState(): Fact<ForwardingState> {
  return {
    title: 'what the kernel forwards',
    question: sh`cd /proc/sys || exit 1
for key in net/ipv4/ip_forward net/ipv6/conf/all/forwarding net/ipv6/conf/*/accept_ra; do
case $key in */veth*) continue;; esac
if [ -e "$key" ]; then set -- "$@" "$key"; fi
done
grep -H '' "$@" | sed 's/\(.*\):/value \1 /'
routes=$(ip -6 route show default proto ra)
if [ -n "$routes" ]; then printf '%s\n' "$routes" | sed -n 's/.* dev \([^ ]*\).*/advertised \1/p' | sort -u; fi
echo done`,
    parse: (answer) => {
      const said = linesOf(answer.stdout);
      if (answer.exitCode !== 0 || !said.includes('done')) {
        throw new UnexpectedAnswer('cannot read what the kernel forwards', answer);
      }
      const words = said.map((line) => line.split(' '));
      return {
        values: new Map(
          words.flatMap(([verb, key = '', value = '']): [string, string][] =>
            verb === 'value' ? [[key, value]] : [],
          ),
        ),
        advertised: words.flatMap(([verb, name]) =>
          verb === 'advertised' && name !== undefined ? [name] : [],
        ),
      };
    },
  };
}
