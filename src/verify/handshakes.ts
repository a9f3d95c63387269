/** The WireGuard sessions that hosts have told of, with the names of their peers. */
import type { Answers } from '../facts/questionnaire';
import { seenOf } from '../facts/seen';
import { wireguardSessions } from '../facts/wireguard-sessions';
import type { Handshake } from '../model/handshake';
import type { PublicKey } from '../model/key';
import type { Mesh } from '../model/mesh';

/** In the order of the answers; a host's are sorted by the name of the peer. */
export function handshakesOf(
  answers: ReadonlyMap<string, Answers>,
  interfaceName: string,
  mesh: Mesh,
): readonly Handshake[] {
  const names = new Map(
    [...mesh.values()].flatMap(({ name, publicKey }): [PublicKey, string][] =>
      publicKey === undefined ? [] : [[publicKey, name]],
    ),
  );
  const fact = wireguardSessions(interfaceName);
  const said = [...answers].map(
    ([host, each]) => [host, { answers: each, span: undefined }] as const,
  );
  const seen = seenOf(new Map(said), new Set());
  return [...answers.keys()].flatMap((host) => {
    const told = seen.tells(host, fact);
    if (told === undefined || told === 'unasked') return [];
    const own = told.sessions.map((session): Handshake => ({
      host,
      peer: names.get(session.publicKey) ?? session.publicKey,
      endpoint: session.endpoint,
      ageSeconds: session.ageSeconds,
      receivedBytes: session.receivedBytes,
      sentBytes: session.sentBytes,
    }));
    return own.sort((one, other) => (one.peer < other.peer ? -1 : 1));
  });
}
