/** What the operating system refused, by its code: `ENOENT`, `ENOTFOUND`. */

/** Undefined for an error of another kind, which is a bug. */
export function systemErrorCode(error: unknown): string | undefined {
  // Not `instanceof Error`: under jest the system's errors come from another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
