/**
 * The search for the largest packet that a path carries, as a host's shell makes it: with programs in
 * the place of `wg`, `ip` and `ping`, of which the last plays a path that drops what is larger.
 */
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { peerReplies } from '../../src/facts/peer-replies';
import { keyOf } from '../model/fleet';
import { askAlone, freshDirectory } from './shell';

/** With an MTU of 1420; every ping of a size is noted down, in bytes of the whole packet. */
function searched(address: string, ping: string) {
  const tools = freshDirectory();
  const program = (name: string, script: string) => {
    writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  const basic = ['sh', 'date', 'sleep', 'awk', 'sed', 'cat', 'rm'];
  for (const name of basic) symlinkSync(`/usr/bin/${name}`, join(tools, name));
  program('ip', 'echo "5: wg0: <POINTOPOINT,UP> mtu 1420 qdisc noqueue"');
  program('wg', '[ "$3" = dump ] && printf "private\\tpublic\\t51820\\toff\\n"');
  const sizes = join(tools, 'sizes');
  writeFileSync(sizes, '');
  program(
    'ping',
    `size= address=
while [ $# -gt 0 ]; do
case $1 in -s) size=$2; shift;; -M|-c|-w) shift;; -*) ;; *) address=$1;; esac
shift
done
case $address in *:*) headers=48;; *) headers=28;; esac
[ -n "$size" ] || exit 0
bytes=$((size + headers))
echo "$bytes" >>${sizes}
lost() { echo '1 packets transmitted, 0 received, 100% packet loss, time 0ms'; exit 1; }
${ping}`,
  );
  const fact = peerReplies('wg0', [{ address, publicKey: keyOf('host-2'), waits: false }]);
  const replies = fact.parse(askAlone(fact.question, { path: tools }));
  const tried = readFileSync(sizes, 'utf8').trimEnd().split('\n').map(Number);
  return { answering: [...(replies?.answering ?? [])], largest: replies?.largest, tried };
}

const [v4, v6] = ['10.50.0.2', 'fd50:50:50::2'];

test.each([
  [v4, 1419, 1408],
  [v4, 1408, 1408],
  [v4, 1407, 1392],
  [v4, 1280, 1280],
  [v4, 96, 96],
  [v6, 1400, 1392],
  [v6, 1279, 1264],
])('to %s a path that carries %d bytes is found to carry %d', (address, carries, largest) => {
  const found = searched(address, `[ $bytes -le ${String(carries)} ] || lost`);
  expect(found.largest).toEqual(new Map([[address, largest]]));
  expect(found.answering).toEqual([address]);
  const [first, ...others] = found.tried;
  expect([first, others.pop()]).toEqual([1420, 1420]);
  // WireGuard fills packets up to multiples of 16; they are halved until two neighbours are left.
  expect(others.filter((bytes) => bytes % 16 !== 0)).toEqual([]);
  expect(others.length).toBeLessThanOrEqual(7);
});

test.each([
  ['carries what the interface takes', 'exit 0'],
  ['tells its size', `echo 'From 10.50.0.9 icmp_seq=1 Frag needed and DF set (mtu = 1400)'; lost`],
  [
    'is known by the host itself to be smaller',
    `echo 'ping: local error: message too long, mtu: 1400'; lost`,
  ],
  [
    'goes through somebody who reports an error',
    `echo '1 packets transmitted, 0 received, +1 errors, 100% packet loss'; exit 1`,
  ],
  [
    'is asked by the ping of busybox, which has no -M',
    `echo "ping: invalid option -- 'M'" >&2; exit 1`,
  ],
])('a path that %s is not searched', (_, ping) => {
  const { largest, answering, tried } = searched(v4, ping);
  expect([largest, answering, tried]).toEqual([new Map(), [v4], [1420]]);
});

test('a packet that was lost once, and not again, is no matter of its size', () => {
  const once = freshDirectory();
  const { largest, tried } = searched(v4, `[ -e ${once}/lost ] || { : >${once}/lost; lost; }`);
  expect(largest).toEqual(new Map());
  expect(tried.at(-1)).toBe(1420);
});
