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

/** Which files ssh reads, and whether it has to be asked. */
export interface SshConfigFiles {
  /** That make ssh read them. */
  readonly arguments: readonly string[];
  /** Do they say anything of how hosts are logged in to? */
  readonly areTelling: boolean;
}

export async function findSshConfig({
  home,
  loginHome,
  system,
}: SshConfigPlaces): Promise<SshConfigFiles> {
  const own = path.join(home, '.ssh/config');
  const systemFile = path.join(system, 'ssh_config');
  const dropIns = path.join(system, 'ssh_config.d');
  const [ownText, systemText] = [await textOf(own), await textOf(systemFile)];
  const isOwnTelling = saysMore(ownText, []);
  const included = `${dropIns}/*.conf`;
  const isSystemTelling = saysMore(systemText, [included]) || (await someOf(dropIns, '.conf'));
  const areTelling = isOwnTelling || isSystemTelling;
  if (home === loginHome) return { arguments: [], areTelling };
  // As `ssh -F` has it, the system's file is not read then.
  const other = systemText === '' ? 'none' : systemFile;
  return { arguments: ['-F', isOwnTelling ? own : other], areTelling };
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
