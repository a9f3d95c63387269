/**
 * Bridges that lead outside: with a port that is no virtual one, or the default route. All others are
 * those of containers and virtual machines on the host itself.
 */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export function outerBridges(): Fact<readonly string[]> {
  return {
    title: 'bridges that lead outside',
    question: sh`cd /sys/class/net || exit 1
for each in */bridge; do
[ -d "$each" ] || continue
name=$(dirname "$each")
for port in $(ls "$name/brif"); do
if [ -e "$port/device" ] || [ -e "$port/bonding" ] || [ -e "/proc/net/vlan/$port" ]; then echo "$name"; fi
done
for family in -4 -6; do
if ip "$family" route show default | grep -q " dev $name "; then echo "$name"; fi
done
done | sort -u`,
    parse: (answer) => {
      if (answer.exitCode !== 0) throw new UnexpectedAnswer('cannot look for bridges', answer);
      return linesOf(answer.stdout);
    },
  };
}
