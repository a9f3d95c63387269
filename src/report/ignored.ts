/** By whom something is ignored, and why: said beside it wherever it is told. */
import type { IgnoredBy } from '../model/ignored-by';

/** `ignored by IG-001 until 2027-03-31, vendor's agent listens (web-team)`. */
export function ignoredText(by: readonly IgnoredBy[]): string {
  const rules = by.map(
    ({ id, expires, reason, owner }) => `${id} until ${expires}, ${reason} (${owner})`,
  );
  return `ignored by ${rules.join('; ')}`;
}
