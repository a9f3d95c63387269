/**
 * Bridges that lead outside: with a port that is no virtual one, or the default route. All others are
 * those of containers and virtual machines on the host itself.
 */
import { Script, sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

const stem = new Script('${each%/bridge}');
const base = new Script('${port##*/}');

export function outerBridges(): Fact<readonly string[]> {
  return {
    title: 'bridges that lead outside',
    question: sh`cd /sys/class/net || exit 1
asked=
for each in */bridge; do
[ -d "$each" ] || continue
name=${stem} outside=
if [ -z "$asked" ]; then routes=$(ip -4 route show default; ip -6 route show default); asked=yes; fi
case $routes in *" dev $name "*) outside=yes;; esac
for port in "$name"/brif/*; do
port=${base}
if [ -e "$port/device" ] || [ -e "$port/bonding" ] || [ -e "/proc/net/vlan/$port" ]; then outside=yes; fi
done
if [ -n "$outside" ]; then echo "$name"; fi
done`,
    parse: (answer) => {
      if (answer.exitCode !== 0) throw new UnexpectedAnswer('cannot look for bridges', answer);
      return linesOf(answer.stdout);
    },
  };
}
