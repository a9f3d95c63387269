/**
 * Which TCP services answer this host? A connection is opened and closed; nothing is sent. Silence is
 * believed the second time: a packet may be lost.
 *
 * POSIX sh has no sockets: bash has (`/dev/tcp`), and so has nc(1). A host with neither can't say.
 */
import { Script, sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

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
    question: sh`if command -v bash >/dev/null; then
reach() { timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"; }
elif command -v nc >/dev/null; then
reach() { timeout 2 nc -v -z "$1" "$2"; }
else echo no-tool; exit 0
fi
attempt() {
if complaint=$(reach "$1" "$2" 2>&1); then answer=open
else case $complaint in *refused*) answer=refused;; *) answer=silent;; esac
fi
}
reply() {
attempt "$1" "$2"
if [ "$answer" = silent ]; then
if command -v ping >/dev/null && ! ping -n -q -c 1 -w 2 "$1" >/dev/null 2>&1; then answer=no-path
else attempt "$1" "$2"
fi
fi
printf 'reply %s %s %s\n' "$1" "$2" "$answer"
}
started=0
for target in ${targets.map(targetKey)}; do
reply "${new Script('${target% *}')}" "${new Script('${target#* }')}" &
started=$((started + 1))
[ $((started % 64)) -ne 0 ] || wait
done
wait
echo done`,
    parse: (answer) => {
      if (answer.stdout === 'no-tool') return undefined;
      const said = linesOf(answer.stdout);
      if (!said.includes('done')) throw new UnexpectedAnswer('cannot ask the services', answer);
      return new Map(
        said.flatMap((line): [string, ServiceReply][] => {
          const [, target, reply] =
            /^reply (\S+ \d+) (open|refused|silent|no-path)$/.exec(line) ?? [];
          // The pattern admits just these.
          return target === undefined ? [] : [[target, reply as ServiceReply]];
        }),
      );
    },
  };
}

export function targetKey({ address, port }: ServiceTarget): string {
  return `${address} ${String(port)}`;
}
