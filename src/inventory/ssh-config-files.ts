/**
 * The files of the user's ssh configuration. Most machines have nothing in them that bears on a login,
 * and there ssh need not be asked about each host.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from './system-error';

/** Where they are. */
export interface SshConfigPlaces {
  /** Where the user's own files are: `$HOME`. */
  readonly home: string;
  /** The home directory that passwd(5) says: where ssh looks, whatever `$HOME` is. */
  readonly loginHome: string;
  /** `/etc/ssh`. */
  readonly system: string;
}

/** The keywords that we follow, and those that bring others with them. */
const keywords = new Set([
  ...['hostname', 'user', 'port', 'identityfile', 'identitiesonly', 'identityagent'],
  ...['proxyjump', 'proxycommand', 'userknownhostsfile', 'globalknownhostsfile', 'hostkeyalias'],
  ...['stricthostkeychecking', 'certificatefile', 'pkcs11provider', 'pubkeyauthentication'],
  ...['preferredauthentications', 'canonicalizehostname', 'match', 'include'],
]);

/** The arguments that make ssh read them; undefined where there is nothing to be read. */
export async function sshConfigArguments({
  home,
  loginHome,
  system,
}: SshConfigPlaces): Promise<readonly string[] | undefined> {
  const own = path.join(home, '.ssh/config');
  const systemFile = path.join(system, 'ssh_config');
  const dropIns = path.join(system, 'ssh_config.d');
  const isOwnTelling = saysMore(await textOf(own), []);
  const included = `${dropIns}/*.conf`;
  const isSystemTelling =
    saysMore(await textOf(systemFile), [included]) || (await someOf(dropIns, '.conf'));
  if (!isOwnTelling && !isSystemTelling) return undefined;
  if (home === loginHome) return [];
  // As `ssh -F` has it, the system's file is not read then.
  return ['-F', isOwnTelling ? own : systemFile];
}

async function someOf(directory: string, ending: string): Promise<boolean> {
  const names = await readdir(directory).catch(absent);
  const files = (names ?? []).filter((name) => name.endsWith(ending));
  const texts = await Promise.all(files.map((name) => textOf(path.join(directory, name))));
  return texts.some((text) => saysMore(text, []));
}

/** @param looked at in any case: what it may include without saying more. */
function saysMore(text: string, looked: readonly string[]): boolean {
  return text.split('\n').some((line) => {
    const [, keyword = '', value = ''] = /^\s*(\w+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? [];
    return keywords.has(keyword.toLowerCase()) && !looked.includes(value);
  });
}

async function textOf(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(absent)) ?? '';
}

/** What the user may not read, ssh does not read either. */
function absent(error: unknown): undefined {
  if (systemErrorCode(error) === undefined) throw error;
}
