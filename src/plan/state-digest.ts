/**
 * The mark of a host's state, as it is the same for whoever asks. A sighting's own digest is not: one
 * of its answers may tell by which path this session came.
 */
import { createHash } from 'node:crypto';
import type { Sighting } from '../facts/questionnaire';
import { sshPath } from '../facts/ssh-path';

/** SHA-256 in hex. */
export function stateDigest({ answers }: Sighting): string {
  const own = sshPath().question.text;
  const lasting = [...answers].filter(([question]) => question !== own);
  const texts = lasting.map(([question, { exitCode, stdout }]) => [question, exitCode, stdout]);
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}
