/** The command was not given as it can be run: exit code 1, a message and no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
