/** Why a host does not reach a peer, told by what both have said of themselves. */
import type { Answer } from '../../src/facts/fact';
import type { PeerReplies } from '../../src/facts/peer-replies';
import { type Said, type Seen, seenOf } from '../../src/facts/seen';
import { wireguardSessions } from '../../src/facts/wireguard-sessions';
import { type Case, reasonOf, skewOf } from '../../src/resources/peer-reason';
import { keyOf } from '../model/fleet';

const fact = wireguardSessions('wg0');
const [keyA, keyB, other] = [keyOf('a'), keyOf('b'), keyOf('other')];

/** What a host says of itself; a text replaces a line of it, by its first word. */
function said(own: string, peer: string, number: number, lines: Readonly<Record<string, string>>) {
  const from = String(3 - number);
  const told = {
    clock: 'clock 1000',
    address: `address 10.50.0.${String(number)}`,
    own: `own ${own} 51820`,
    session: `session ${peer} 203.0.113.1${from}:51820 10.50.0.${from}/32 9 500 700`,
    ...lines,
  };
  return answer(Object.values(told).join('\n'));
}

function answer(stdout: string): Answer {
  return { exitCode: 0, stdout, stderr: '' };
}

function seen(answers: Readonly<Record<string, Answer>>, unreached: readonly string[] = []): Seen {
  const all = Object.entries(answers).map(([host, each]): [string, Said] => [
    host,
    { answers: new Map([[fact.question.text, each]]), span: { fromMs: 998_500, toMs: 1_003_000 } },
  ]);
  return seenOf(new Map(all), new Set(unreached));
}

type Lines = Readonly<Record<string, string>>;

function reason(
  here: Lines,
  there: Lines | Answer | undefined,
  replies: Partial<PeerReplies> = {},
  unreached: readonly string[] = [],
): string {
  const a = said(keyA, keyB, 1, here);
  const b = there === undefined || isAnswer(there) ? there : said(keyB, keyA, 2, there);
  const sessions = fact.parse(a);
  if (sessions === undefined) throw new Error('no sessions');
  const each: Case = {
    host: 'a',
    wg: 'wg0',
    peer: 'b',
    next: { host: 'b', publicKey: keyB },
    ip: '10.50.0.2',
    replies: {
      mtu: 1420,
      answering: new Set(),
      largest: new Map(),
      devices: new Map([['10.50.0.2', 'wg0']]),
      endpoints: new Map([[keyB, true]]),
      receivedBefore: new Map([[keyB, 500]]),
      ...replies,
    },
    sessions,
    seen: seen({ a, ...(b === undefined ? {} : { b }) }, unreached),
  };
  return reasonOf(each);
}

function isAnswer(value: Lines | Answer): value is Answer {
  return 'exitCode' in value;
}

const never = { session: `session ${keyB} 203.0.113.12:51820 10.50.0.2/32 never 0 700` };
const blocked = 'endpoint: nothing comes back from UDP port 51820 of 203.0.113.12, which answers';

test.each<[string, string, string]>([
  ['no such peer in the kernel', reason({ session: '' }, {}), 'peer: b is no peer of wg0'],
  [
    'another key for its address',
    reason({ session: `session ${other} (none) 10.50.0.2/32 never 0 0` }, {}),
    `key mismatch: wg0 has ${other} for 10.50.0.2`,
  ],
  ['no route', reason({}, {}, { devices: new Map([['10.50.0.2', null]]) }), 'no route: 10.50.0.2'],
  [
    'a route elsewhere',
    reason({}, {}, { devices: new Map([['10.50.0.2', 'eth0']]) }),
    'no route: the route to 10.50.0.2 leads over eth0',
  ],
  [
    'an address that no peer has',
    reason({ session: `session ${keyB} 203.0.113.12:51820 10.50.0.9/32 9 5 7` }, {}),
    'allowed IPs: no peer of wg0 has 10.50.0.2',
  ],
  [
    'an address that another peer has',
    reason(
      {
        session: `session ${keyB} (none) (none) 9 5 7\nsession ${other} (none) 10.50.0.0/24 9 5 7`,
      },
      {},
    ),
    `allowed IPs: 10.50.0.2 is with the peer ${other}`,
  ],
  ['no interface there', reason({}, answer('absent')), 'no interface: b has no wg0'],
  ['another key there', reason({}, { own: `own ${other} 51820` }), `key mismatch: the key of b is`],
  ['no key there', reason({}, { own: 'own (none) 51820' }), `key mismatch: the key of b is none`],
  ['one-sided', reason({}, { session: '' }), 'one-sided: b does not have a as a peer'],
  [
    'a wrong key for the host there',
    reason({}, { session: `session ${other} (none) 10.50.0.1/32 never 0 0` }),
    `key mismatch: b has ${other} for a, whose key is ${keyA}`,
  ],
  [
    'packets that are not taken there',
    reason({}, { session: `session ${keyA} (none) 10.50.0.9/32 9 5 7` }),
    'allowed IPs: b does not take packets from 10.50.0.1 of a',
  ],
  ['no address here', reason({ address: '' }, {}), 'no address: a has none of that family on wg0'],
  ['no address there', reason({}, { address: '' }), 'no address: b does not have 10.50.0.2'],
  ['a clock there', reason(never, { clock: 'clock 900' }), 'clock: that of b is 98 s behind'],
  [
    'a clock here',
    reason({ ...never, clock: 'clock 9000' }, {}),
    'clock: that of a is 133 min ahead',
  ],
  ['a clock that is off a little', reason(never, { clock: 'clock 970' }), blocked],
  ['a blocked port', reason(never, {}), blocked],
  ['a host that was not asked', reason(never, undefined), blocked],
  ['a host whose answer is not understood', reason(never, answer('own')), blocked],
  [
    'a host that answers nothing',
    reason(never, {}, { endpoints: new Map([[keyB, false]]) }),
    'endpoint: nothing comes back from 203.0.113.12:51820, and 203.0.113.12 answers no ping',
  ],
  ['an old session that has just gone silent', reason({}, {}), blocked],
  [
    'no endpoint',
    reason({ session: `session ${keyB} (none) 10.50.0.2/32 never 0 0` }, {}),
    'endpoint: it is not known where to send to b',
  ],
  [
    'a firewall',
    reason({}, {}, { receivedBefore: new Map([[keyB, 468]]) }),
    'firewall: WireGuard works, and pings are not answered; b sent 32 bytes meanwhile',
  ],
  [
    'a host that is down',
    reason(never, undefined, {}, ['b']),
    'b could not be reached in this run',
  ],
])('%s', (_, found, begins) => {
  expect(found.slice(0, begins.length)).toBe(begins);
});

test.each([
  ['within the time that it was asked', 1001, 0],
  ['behind', 900, -98],
  ['ahead', 1103, 100],
])('a clock that is %s', (_, clock, skew) => {
  const a = said(keyA, keyB, 1, { clock: `clock ${String(clock)}` });
  expect(skewOf('a', 'wg0', seen({ a }))).toBe(skew);
});
