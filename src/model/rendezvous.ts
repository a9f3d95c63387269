/**
 * Rendezvous hashing: which of several candidates serves a name. The choice depends on nothing but
 * these names, and when a candidate comes or goes, only the names that it wins or had won move.
 */
import { createHash } from 'node:crypto';

/** The candidate whose hash with the name is the highest; undefined where there is none. */
export function rendezvous(name: string, candidates: readonly string[]): string | undefined {
  if (candidates.length < 2) return candidates[0];
  let best: { readonly candidate: string; readonly weight: string } | undefined;
  for (const candidate of candidates) {
    const weight = createHash('sha256').update(`${candidate}\0${name}`).digest('hex');
    if (best === undefined || weight > best.weight) best = { candidate, weight };
  }
  return best?.candidate;
}
