/**
 * Do the doors of other hosts open to this one, past WireGuard? Who knocks at an address pings it and
 * looks who its neighbour there is, and then opens a connection to each of the ports; nothing is sent.
 *
 * A private address is used in many networks of the world. So where it is to be a neighbour's, nothing
 * is tried unless the neighbour has the link address that the host has told of itself.
 */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';
import { defineKnock, type DoorReply, knockedIn, noTool, patienceSeconds } from './knocking';

export interface DoorTarget {
  /** In canonical text. */
  readonly address: string;
  /** What the neighbour of that address has to have; undefined: it may be anywhere. */
  readonly link: string | undefined;
  /** Each once. */
  readonly ports: readonly number[];
}

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
    question: sh`${defineKnock}
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
      if (answer.stdout === noTool) return undefined;
      const said = linesOf(answer.stdout);
      if (!said.includes('done')) throw new UnexpectedAnswer('cannot knock at doors', answer);
      const heard = new Set(said);
      const repliesOf = knockedIn(said);
      const neighbours = new Set(said.flatMap((line) => /^neighbour (\S+) /.exec(line)?.[1] ?? []));
      return targets.map(({ address, link, ports }) => {
        const isStranger = link !== undefined && heard.has(`stranger ${address} ${link}`);
        const reply = (port: number) => (isStranger ? stranger : repliesOf(address, port));
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
