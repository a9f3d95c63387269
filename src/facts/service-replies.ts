/**
 * Which TCP services answer this host? A connection is opened and closed; nothing is sent. Silence is
 * believed the second time: a packet may be lost. In between, who is silent is pinged.
 */
import { Script, sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';
import { defineKnock, knockedIn, noTool, patienceSeconds } from './knocking';

/**
 * `refused`: let through, and nothing listens there. `silent`: no answer, as behind a firewall.
 * `no-path`: no answer, and none to a ping either, which every firewall of ours lets through.
 */
export type ServiceReply = 'open' | 'refused' | 'silent' | 'no-path';

export interface ServiceTarget {
  readonly address: string;
  readonly port: number;
}

/** Replies by `ADDRESS PORT`; undefined where the host has no tool to connect with. */
export function serviceReplies(
  targets: readonly ServiceTarget[],
): Fact<ReadonlyMap<string, ServiceReply> | undefined> {
  return {
    title: 'the replies of the services',
    question: sh`${defineKnock}
said=$(knock ${targets.flatMap(({ address, port }) => [address, String(port)])})
printf '%s\n' "$said"
again=
for target in ${targets.map(targetKey)}; do
case "
$said
" in *"
open $target
"*|*"/dev/tcp/${new Script('${target% *}')}/${new Script('${target#* }')}: Connection refused"*) ;;
*) again="$again $target";;
esac
done
is_there() {
if ping -n -q -c 1 -w ${patienceSeconds} "$1" >/dev/null 2>&1; then printf 'there %s %s\n' "$1" "$2"; fi
}
if [ -n "$again" ] && command -v ping >/dev/null; then
found=$(
set -- $again
while [ $# -gt 0 ]; do
is_there "$1" "$2" &
shift 2
[ $(($# % 128)) -ne 0 ] || wait
done
wait)
again=$(printf '%s\n' "$found" | sed -n 's/^there //p')
echo pinged
printf '%s\n' "$found"
fi
[ -z "$again" ] || knock $again
echo done`,
    parse: (answer) => {
      if (answer.stdout === noTool) return undefined;
      const said = linesOf(answer.stdout);
      if (!said.includes('done')) throw new UnexpectedAnswer('cannot ask the services', answer);
      const heard = new Set(said);
      const knocked = knockedIn(said);
      const replyOf = (target: ServiceTarget): ServiceReply => {
        const { kind } = knocked(target.address, target.port);
        if (kind === 'open' || kind === 'refused') return kind;
        const isThere = !heard.has('pinged') || heard.has(`there ${targetKey(target)}`);
        return isThere ? 'silent' : 'no-path';
      };
      const tried = targets.filter((target) => heard.has(`try ${targetKey(target)}`));
      return new Map(tried.map((target) => [targetKey(target), replyOf(target)]));
    },
  };
}

export function targetKey({ address, port }: ServiceTarget): string {
  return `${address} ${String(port)}`;
}
