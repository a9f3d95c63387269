/**
 * What the operating system calls an error: ENOENT, ECONNREFUSED, …
 *
 * `instanceof Error` is not asked, because Node's own errors come from another realm where code
 * runs in a `vm` context, as it does under jest.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function errorMessage(error: unknown): string {
  const isSpoken = typeof error === 'object' && error !== null && 'message' in error;
  return isSpoken && typeof error.message === 'string' ? error.message : String(error);
}
