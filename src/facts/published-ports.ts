/**
 * The ports that containers of Docker publish: ss(8) shows docker-proxy for them, or nobody at all.
 *
 * Trap: docker(1) starts a stopped engine by its socket, so it is asked only where the engine runs.
 */
import type { Protocol } from '../model/port';
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface PublishedPort {
  /** Its name. */
  readonly container: string;
  readonly protocol: Protocol;
  /** Without brackets; `0.0.0.0` and `::` stand for all of a family. */
  readonly address: string;
  readonly port: number;
}

export function publishedPorts(): Fact<readonly PublishedPort[]> {
  return {
    title: 'the ports that Docker publishes',
    question: sh`if command -v docker >/dev/null && kill -0 "$(cat /run/docker.pid 2>/dev/null)" 2>/dev/null; then
timeout 10 docker ps --no-trunc --format '{{.Names}} {{.Ports}}' || exit 1
fi
echo done`,
    parse: (answer) => {
      const said = linesOf(answer.stdout);
      if (answer.exitCode !== 0 || said.at(-1) !== 'done') {
        throw new UnexpectedAnswer('cannot ask Docker for its ports', answer);
      }
      return said.slice(0, -1).flatMap((line) => {
        const [container = '', ...ports] = line.split(/,? /);
        return ports.flatMap((text) => publishedIn(text, container));
      });
    },
  };
}
/** Of `0.0.0.0:8080-8081->80-81/tcp`; older engines write `:::8080` for `[::]:8080`. */
function publishedIn(text: string, container: string): readonly PublishedPort[] {
  const [, host = '', from, to, protocol] =
    /^(.+):(\d+)(?:-(\d+))?->\S+\/(tcp|udp)$/.exec(text) ?? [];
  if (from === undefined) return [];
  const first = Number(from);
  const count = Number(to ?? from) - first + 1;
  return Array.from({ length: count }, (_, index) => ({
    container,
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    address: host.replace(/^\[(.*)\]$/, '$1'),
    port: first + index,
  }));
}
