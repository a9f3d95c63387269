/**
 * What `ssh -G` prints of a host: its configuration as ssh(1) itself has put it together, a keyword
 * of ssh_config(5) and its value a line.
 *
 * ssh has matched and included by then, but it expands the tokens of some values only when it logs in.
 */
import type { SshSettings } from '../model/ssh-settings';
import { reachable } from './endpoint';
import { type NamedJump, readJumpCommand, readJumps } from './jump-hosts';
import { shown } from './wording';

export interface SshAnswer {
  /** HostName. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** None: it is logged in to directly. */
  readonly jumps: readonly NamedJump[];
  readonly settings: SshSettings;
}

/** Who asks: what the tokens of ssh_config(5) stand for. */
export interface SshUser {
  readonly name: string;
  readonly id: number;
  readonly home: string;
  /** Of this machine. */
  readonly hostName: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The configuration asks for what no login can be made of; the message is for the user. */
export class NotFollowed extends Error {
  override readonly name = 'NotFollowed';
}

/** @throws NotFollowed */
export function readSshAnswer(text: string, alias: string, user: SshUser): SshAnswer {
  const values = valuesOf(text);
  const one = (keyword: string) => values.get(keyword)?.[0];
  const name = one('hostname') ?? alias;
  const host = reachable(name);
  if (host === undefined) {
    throw new NotFollowed(`HostName ${shown(name)} is neither an address nor the name of a host`);
  }
  const login = { host, port: Number(one('port') ?? 22), user: one('user') ?? user.name };
  const expand = expander({ ...login, alias, jumps: one('proxyjump') }, one('hostkeyalias'), user);
  const path = (file: string) => expand(file.replace(/^~(?=\/)/, user.home));
  const command = given(one('proxycommand'));
  const jumpsByCommand = command === undefined ? undefined : readJumpCommand(command);
  return {
    ...login,
    jumps: jumpsByCommand ?? jumpsIn(expand(one('proxyjump') ?? 'none')),
    settings: {
      identityFiles: identityFilesOf(values.get('identityfile') ?? [])?.map(path),
      identitiesOnly: one('identitiesonly') === 'yes',
      identityAgent: agentOf(one('identityagent'), user, path),
      userKnownHosts: knownHostsOf(one('userknownhostsfile'), /\/\.ssh\/known_hosts$/)?.map(path),
      globalKnownHosts: knownHostsOf(one('globalknownhostsfile'), /^\/etc\/ssh\/ssh_known_hosts$/),
      hostKeyAlias: one('hostkeyalias'),
      hostKeyChecking: hostKeyCheckingOf(one('stricthostkeychecking')),
      proxyCommand: jumpsByCommand === undefined ? command : undefined,
      certificateFiles: (values.get('certificatefile') ?? []).filter(isGiven).map(path),
      pkcs11Provider: given(one('pkcs11provider')),
      offersKeys:
        one('pubkeyauthentication') !== 'false' &&
        (one('preferredauthentications') ?? 'publickey').split(',').includes('publickey'),
    },
  };
}

/** The values of each keyword, in their order. */
function valuesOf(text: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, keyword, value] = /^(\w+) (.*)$/.exec(line) ?? [];
    if (keyword === undefined || value === undefined) continue;
    const found = values.get(keyword.toLowerCase()) ?? [];
    values.set(keyword.toLowerCase(), [...found, value]);
  }
  return values;
}

/** As "TOKENS" of ssh_config(5) has it, without `%C`, which differs between versions of ssh. */
function expander(
  login: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly alias: string;
    readonly jumps: string | undefined;
  },
  hostKeyAlias: string | undefined,
  user: SshUser,
): (text: string) => string {
  const tokens = new Map([
    ['%', '%'],
    ['d', user.home],
    ['h', login.host],
    ['i', String(user.id)],
    ['j', login.jumps ?? ''],
    ['k', hostKeyAlias ?? login.alias],
    ['L', user.hostName.replace(/\..*/, '')],
    ['l', user.hostName],
    ['n', login.alias],
    ['p', String(login.port)],
    ['r', login.user],
    ['u', user.name],
  ]);
  return (text) =>
    text.replace(/%(.)|\$\{(\w+)\}/g, (whole, token?: string, variable?: string) =>
      variable === undefined
        ? (tokens.get(token ?? '') ?? whole)
        : (user.environment[variable] ?? whole),
    );
}

function jumpsIn(text: string): readonly NamedJump[] {
  const jumps = readJumps(text);
  if (jumps !== undefined) return jumps;
  throw new NotFollowed(`ProxyJump ${shown(text)} names no host that could be logged in to`);
}

/** Where nothing is configured ssh prints all the files that it would look for. */
function identityFilesOf(files: readonly string[]): readonly string[] | undefined {
  const usual = ['id_rsa', 'id_ecdsa', 'id_ed25519'].map((name) => `~/.ssh/${name}`);
  if (usual.every((file) => files.includes(file))) return undefined;
  return files.filter(isGiven);
}

/** The files; undefined where they are those that ssh looks at anyway. */
function knownHostsOf(text: string | undefined, usual: RegExp): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const [first = '', second, ...more] = text.split(' ');
  if (usual.test(first) && second === `${first}2` && more.length === 0) return undefined;
  return [first, ...(second === undefined ? [] : [second]), ...more].filter(isGiven);
}

function agentOf(
  text: string | undefined,
  { environment }: SshUser,
  path: (file: string) => string,
): string | undefined {
  if (text === undefined || text === 'SSH_AUTH_SOCK') return undefined;
  if (!text.startsWith('$')) return path(text);
  return environment[text.replace(/^\$\{?(\w+)\}?$/, '$1')] ?? 'none';
}

function hostKeyCheckingOf(text: string | undefined): SshSettings['hostKeyChecking'] {
  if (text === 'accept-new') return text;
  return text === 'false' || text === 'no' || text === 'off' ? 'off' : 'strict';
}

function given(value: string | undefined): string | undefined {
  return value === undefined || !isGiven(value) ? undefined : value;
}

function isGiven(value: string): boolean {
  return value.toLowerCase() !== 'none';
}
