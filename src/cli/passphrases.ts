/**
 * The passphrases of the user's keys: asked for on the terminal, once per run, before anything else is
 * shown there, and only of keys without which a host of the run can't be logged in to.
 */
import type { Keyring } from '../connection/credentials';
import type { Host } from '../model/host';
import { secret } from '../model/secret';
import { asked, hasTerminal } from './hidden-prompt';

/** As many as ssh(1) allows. */
const tries = 3;

/**
 * Unlocks what is needed. Where there is nobody to ask, or Enter is all that is typed, a file stays
 * locked, and the hosts that need it tell so.
 * @throws UsageError where the prompt is ended by Ctrl-C or Ctrl-D.
 */
export async function unlockKeys(hosts: readonly Host[], keyring: Keyring): Promise<void> {
  if (!hasTerminal()) return;
  const refused = new Set<string>();
  for (const login of hosts.flatMap((host) => [...host.login.jumps, host.login])) {
    for (const path of await keyring.locked(login)) {
      if (refused.has(path)) continue;
      if (await unlock(path, keyring)) break;
      refused.add(path);
    }
  }
}

async function unlock(path: string, keyring: Keyring): Promise<boolean> {
  for (let tried = 0; tried < tries; tried += 1) {
    const typed = await asked(`Enter passphrase for key '${path}': `, 'passphrase');
    if (typed === '') return false;
    if (await keyring.unlock(path, secret(typed))) return true;
    process.stderr.write('That is not its passphrase.\n');
  }
  return false;
}
