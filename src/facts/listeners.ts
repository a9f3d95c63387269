/** Who listens on a host: sockets that accept connections or datagrams, by ss(8). */
import type { Protocol } from '../model/port';
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface Listener {
  readonly protocol: Protocol;
  /** As ss(8) prints it, without brackets and zone; `*` stands for both families. */
  readonly address: string;
  readonly port: number;
  /** Names of the processes that hold the socket; none where the kernel does. */
  readonly processes: readonly string[];
}

/** Undefined where the host has no ss(8). */
export function listeners(): Fact<readonly Listener[] | undefined> {
  return {
    title: 'who listens',
    question: sh`if command -v ss >/dev/null; then ss -Hlntup && echo end; else echo no-tool; fi`,
    parse: (answer) => {
      if (answer.stdout === 'no-tool') return undefined;
      const said = linesOf(answer.stdout);
      if (answer.exitCode !== 0 || said.at(-1) !== 'end') {
        throw new UnexpectedAnswer('cannot ask who listens', answer);
      }
      return said.slice(0, -1).map((line) => {
        const found = listenerIn(line);
        if (found === undefined) throw new UnexpectedAnswer('ss(8) prints something else', answer);
        return found;
      });
    },
  };
}

/** Is it an address that means all of them? */
export function isWildcard(address: string): boolean {
  return address === '*' || address === '0.0.0.0' || address === '::';
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Reaches no farther than the link: fe80::/10 and 169.254.0.0/16. */
export function isLinkLocal(address: string): boolean {
  return /^(fe[89ab][0-9a-f]:|169\.254\.)/.test(address);
}

/** Columns: protocol, state, queues, local address and port, the peer's, processes. */
function listenerIn(line: string): Listener | undefined {
  const [, protocol, local, rest = ''] =
    /^(tcp|udp)\s+\S+\s+\d+\s+\d+\s+(\S+)\s+\S+(.*)$/.exec(line) ?? [];
  const [, address, port] = /^(.+):(\d+)$/.exec(local ?? '') ?? [];
  if (address === undefined || port === undefined) return undefined;
  const names = [...rest.matchAll(/\("((?:[^"\\]|\\.)*)",pid=/g)].map(([, name = '']) => name);
  return {
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    address: address
      .replace(/%[^\]]*$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .replace(/%.*$/, '')
      .replace(/^::ffff:(?=\d+\.)/, ''),
    port: Number(port),
    processes: [...new Set(names)].sort(),
  };
}
