/** What an inventory leaves open of a login, so that the user's ssh configuration may say it. */
import type { OpenField } from '../model/ssh-settings';

const fields = ['port', 'user', 'identityFile', 'jumps', 'hostKeyChecking'] as const;

/** Those of which nothing is said. */
export function openFields(
  said: Readonly<Partial<Record<(typeof fields)[number], unknown>>>,
): readonly OpenField[] {
  return fields.filter((field) => said[field] === undefined);
}
