/** The user's ssh configuration, as it is for the hosts of a run. */
import { access, constants } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import path from 'node:path';
import { ownName } from '../inventory/login-variables';
import { withSshConfig } from '../inventory/ssh-config';
import { findSshConfig, type SshConfigFiles } from '../inventory/ssh-config-files';
import type { Host } from '../model/host';
import type { Inventory } from '../model/inventory';
import type { Options } from './options';
import { UsageError } from './usage-error';

/** Which one holds. @throws UsageError where it can't be read. */
export async function sshConfigOf({
  sshConfig,
}: Pick<Options, 'sshConfig'>): Promise<SshConfigFiles> {
  if (sshConfig !== undefined)
    return { arguments: ['-F', await readable(sshConfig)], areTelling: sshConfig !== 'none' };
  const home = homedir();
  return findSshConfig({ home, loginHome: ownEntry(home).homedir, system: '/etc/ssh' });
}

/** The inventory with what it leaves open filled in. @throws UsageError where that can't be done. */
export async function configuredBySsh(
  inventory: Inventory,
  files: SshConfigFiles,
  { sshConfig }: Pick<Options, 'sshConfig'>,
): Promise<Inventory> {
  if (!files.areTelling) return inventory;
  const home = homedir();
  const user = {
    ...{ name: ownName(), id: ownEntry(home).uid, home },
    ...{ hostName: hostname(), environment: process.env },
  };
  const isWanted = sshConfig !== undefined;
  const found = await withSshConfig(inventory, { arguments: files.arguments, isWanted, user });
  if (found.mistakes.length === 0) return found.inventory;
  const each = found.mistakes.map((mistake) => `  ${mistake}`).join('\n');
  throw new UsageError(`the ssh configuration can't be followed:\n${each}`);
}

/** What it asks for and does not get. */
export function sshConfigWarnings(hosts: readonly Host[]): readonly string[] {
  const names = hosts
    .filter(({ login }) =>
      [login, ...login.jumps].some(({ settings }) => settings?.hostKeyChecking === 'off'),
    )
    .map(({ name }) => name);
  if (names.length === 0) return [];
  const off = 'StrictHostKeyChecking is off in the ssh configuration';
  return [`${off} (${names.join(', ')}): host keys are verified all the same`];
}

/** As of `ssh -F`: `none` is none at all. */
async function readable(file: string): Promise<string> {
  if (file === 'none') return file;
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`--ssh-config ${file} can't be read: ${code}`);
  }
  return path.resolve(file);
}

/** A user without an entry in passwd(5) has no home but `$HOME`. */
function ownEntry(home: string): { readonly uid: number; readonly homedir: string } {
  try {
    return userInfo();
  } catch {
    return { uid: process.getuid?.() ?? 0, homedir: home };
  }
}
