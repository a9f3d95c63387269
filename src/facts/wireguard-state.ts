/**
 * The WireGuard interface as the kernel has it: wg(8)'s dump without its secrets and without what
 * changes by itself (handshakes, bytes, and where exactly a peer was last heard from), so that the
 * same state always gives the same answer. Sorted, because wireguard-go lists its peers at random.
 */
import { publicKey, type PublicKey } from '../model/key';
import { eachLine, sh } from '../model/shell';
import { type Answer, type Fact, linesOf, UnexpectedAnswer } from './fact';

export type WireguardState =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'present';
      readonly isUp: boolean;
      /** Bytes. */
      readonly mtu: number;
      /** `10.50.0.1/24`, without link-local ones, sorted. */
      readonly addresses: readonly string[];
      /** Destinations of the routes over it in the main table, sorted; none that the kernel makes. */
      readonly routes: readonly string[];
      /** Undefined: the interface has no private key. */
      readonly publicKey: PublicKey | undefined;
      readonly listenPort: number;
      readonly peers: ReadonlyMap<PublicKey, RunningPeer>;
    };

export interface RunningPeer {
  /** Does it have an endpoint? Which one is its own affair: peers roam. */
  readonly hasEndpoint: boolean;
  readonly hasPresharedKey: boolean;
  /** Sorted. */
  readonly allowedIps: readonly string[];
  /** Seconds; undefined: off. */
  readonly persistentKeepalive: number | undefined;
}

/** Columns of `wg show INTERFACE dump`, wg(8): the first line is the interface, 2 its public key. */
const stableColumns = `
NR == 1 { print "interface", $2, $3; next }
{ print "peer", $1, ($2 != "(none)"), ($3 != "(none)"), $4, $8 }`;

export function wireguardState(name: string): Fact<WireguardState> {
  return {
    title: `the running interface ${name}`,
    question: sh`if ! found=$(ip address show dev ${name} 2>&1); then
case $found in *'does not exist'*) echo absent; exit 0;; esac
printf '%s\n' "$found"; exit 1
fi
printf '%s\n' "$found"
routes=$(ip -4 route show dev ${name}; ip -6 route show dev ${name})
${eachLine} $routes; do printf 'route %s\n' "$line"; done
command -v wg >/dev/null || { echo 'there is no wg(8) to read it with' >&2; exit 1; }
dump=$(wg show ${name} dump) || exit 1
printf '%s\n' "$dump" | awk -F '\t' ${stableColumns} | sort`,
    parse: (answer) => {
      if (answer.exitCode !== 0) throw new UnexpectedAnswer(`cannot read ${name}`, answer);
      const said = linesOf(answer.stdout);
      if (said[0] === 'absent') return { kind: 'absent' };
      const [, key = '', port = ''] = find(said, /^interface (\S+) (\d+)$/, name, answer);
      const [, flags = '', mtu = ''] = find(said, /<(\S*)> mtu (\d+)/, name, answer);
      return {
        kind: 'present',
        isUp: flags.split(',').includes('UP'),
        mtu: Number(mtu),
        addresses: said.flatMap((line) => globalAddress(line)).sort(),
        routes: said.flatMap((line) => routeOf(line)).sort(),
        publicKey: key === '(none)' ? undefined : keyIn(key, answer),
        listenPort: Number(port),
        peers: new Map(
          said.filter((line) => line.startsWith('peer ')).map((line) => peerIn(line, answer)),
        ),
      };
    },
  };
}

function find(
  said: readonly string[],
  pattern: RegExp,
  name: string,
  answer: Answer,
): RegExpExecArray {
  for (const line of said) {
    const match = pattern.exec(line);
    if (match !== null) return match;
  }
  throw new UnexpectedAnswer(`${name} is no WireGuard interface that wg(8) can read`, answer);
}

function globalAddress(line: string): readonly string[] {
  const [, ip] = /^\s+inet6? (\S+) .*scope global/.exec(line) ?? [];
  return ip === undefined ? [] : [ip];
}

function routeOf(line: string): readonly string[] {
  const [, destination] = /^route (\S+)/.exec(line) ?? [];
  const isLinkLocal = destination?.startsWith('fe80:') ?? true;
  return destination === undefined || isLinkLocal ? [] : [destination];
}

function peerIn(line: string, answer: Answer): [PublicKey, RunningPeer] {
  const [, key = '', preshared, endpoint, allowed, keepalive] = line.split(' ');
  if (allowed === undefined || keepalive === undefined || keepalive === '') {
    throw new UnexpectedAnswer('wg(8) printed half a peer', answer);
  }
  return [
    keyIn(key, answer),
    {
      hasEndpoint: endpoint === '1',
      hasPresharedKey: preshared === '1',
      allowedIps: allowed === '(none)' ? [] : allowed.split(',').sort(),
      persistentKeepalive: keepalive === 'off' ? undefined : Number(keepalive),
    },
  ];
}

function keyIn(text: string, answer: Answer): PublicKey {
  const key = publicKey(text);
  if (key === undefined) throw new UnexpectedAnswer('wg(8) printed no public key', answer);
  return key;
}
