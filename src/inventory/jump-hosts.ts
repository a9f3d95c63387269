/**
 * Jump hosts, as the arguments of ssh name them: `-J USER@HOST:PORT,…` (ProxyJump of ssh_config(5)),
 * or the older `ProxyCommand=ssh -W %h:%p HOST`.
 *
 * One that bears the name of a host of the inventory is that host, and is logged in to as it is. A
 * host is not its own jump host: what a group says holds for the jump host that is in it too.
 */
import type { Host, Jump } from '../model/host';
import { reachable } from './endpoint';
import { openFields } from './open-fields';
import { shellWords } from './shell-words';

/** What is said of one jump host; the rest is as for any login. */
export interface NamedJump {
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly identityFile: string | undefined;
}

/** The value of ProxyJump; undefined where it is none. */
export function readJumps(text: string): readonly NamedJump[] | undefined {
  if (text.toLowerCase() === 'none') return [];
  const jumps = text.split(',').map((each) => readJump(each.trim()));
  return jumps.every((jump) => jump !== undefined) ? jumps : undefined;
}

/** A ProxyCommand that is ssh(1) to a jump host and nothing else; undefined for any other. */
export function readJumpCommand(text: string): readonly NamedJump[] | undefined {
  const words = shellWords(text)?.map((word) => word.text) ?? [];
  if (words.shift() !== 'ssh') return undefined;
  let forwards = false;
  let found: NamedJump | undefined;
  let given: Partial<NamedJump> = {};
  while (words.length > 0) {
    const word = words.shift() ?? '';
    if (/^-[AaCqTxX]+$/.test(word)) continue;
    const [, flag = '', rest = ''] = /^-([Wpli])(.*)$/.exec(word) ?? [];
    const value = flag !== '' && rest === '' ? (words.shift() ?? '') : rest;
    if (flag === 'W' && value === '%h:%p') forwards = true;
    else if (flag === 'p' && /^\d{1,5}$/.test(value)) given = { ...given, port: Number(value) };
    else if (flag === 'l' && value !== '') given = { ...given, user: value };
    else if (flag === 'i' && value !== '') given = { ...given, identityFile: value };
    else if (flag === '' && found === undefined && !word.startsWith('-')) found = readJump(word);
    else return undefined;
  }
  if (!forwards || found === undefined) return undefined;
  const { host, port = given.port, user = given.user } = found;
  return [{ host, port, user, identityFile: given.identityFile }];
}

/** `[USER@]HOST[:PORT]`, or the same as a URI. */
function readJump(text: string): NamedJump | undefined {
  const [, user, bracketed, plain = bracketed ?? '', port] =
    /^(?:ssh:\/\/)?(?:([^\s@:]+)@)?(?:\[([^\]]+)\]|([^\s@:/[\]]+))(?::(\d{1,5}))?$/.exec(text) ??
    [];
  const host = reachable(plain);
  if (host === undefined || Number(port ?? 22) > 65_535 || user?.startsWith('-')) return undefined;
  return {
    host,
    port: port === undefined ? undefined : Number(port),
    user,
    identityFile: undefined,
  };
}

/** A host's jump hosts, as the inventory knows them. `user`: who logs in where nothing is said. */
export function jumpsOf(
  { name, login }: Host,
  named: readonly NamedJump[],
  hosts: readonly Host[],
  user: string,
): readonly Jump[] {
  return named.flatMap((jump): readonly Jump[] => {
    const known = hosts.find((host) => host.name === jump.host || host.login.host === jump.host);
    if (known?.name === name || jump.host === login.host) return [];
    const own = jumpTo(jump, user);
    if (known === undefined) return [own];
    const { login: its } = known;
    return [
      {
        ...own,
        host: its.host,
        alias: its.alias,
        port: jump.port ?? its.port,
        user: jump.user ?? its.user,
        identityFile: jump.identityFile ?? its.identityFile,
        open: own.open.filter((field) => its.open.includes(field)),
      },
    ];
  });
}

/** A jump host of which nothing is known but what is said where it is named. */
export function jumpTo(jump: NamedJump, user: string): Jump {
  const { host, port, identityFile } = jump;
  return {
    ...{ host, alias: host, identityFile },
    port: port ?? 22,
    user: jump.user ?? user,
    open: openFields({ port, user: jump.user, identityFile }),
    settings: undefined,
  };
}
