/**
 * The arguments of ssh(1) that Ansible passes on: `ansible_ssh_common_args` and its kin.
 *
 * What they say of the login is carried out. What has no bearing on wgpush, which keeps one
 * connection of its own alive, is let go. All else is named: an argument that is ignored in silence
 * would be a login by another way than the one that was asked for.
 */
import type { DeclaredHost } from './groups';
import { find } from './counting-variable';
import { type NamedJump, readJumpCommand, readJumps } from './jump-hosts';
import type { Reading } from './reading';
import { shellWords } from './shell-words';
import { namesOf } from './variable-names';
import { shown } from './wording';
import { problemAt, textOf, type YamlNode } from './yaml-node';

/** What the arguments say of the login, each as text that is still to be judged. */
export interface SshArguments {
  readonly port: YamlNode | undefined;
  readonly user: YamlNode | undefined;
  readonly identityFile: YamlNode | undefined;
  /** None: it is logged in to directly; undefined: nothing is said. */
  readonly jumps: readonly NamedJump[] | undefined;
  /** Do they say how host keys are checked? Whatever they may say is what wgpush does anyway. */
  readonly sayHostKeyChecking: boolean;
}

type Target = 'port' | 'user' | 'identityFile';

/** Flags with a value, by the keyword of ssh_config(5) that they stand for. */
const flagsWithValue = new Map<string, string>([
  ['i', 'IdentityFile'],
  ['J', 'ProxyJump'],
  ['l', 'User'],
  ['p', 'Port'],
]);

/** Flags without one; those that are not here change what is reached, or how. */
const harmlessFlags = /^-[AaCkNnqTtvXxY]+$/;

const targets = new Map<string, Target>([
  ['identityfile', 'identityFile'],
  ['port', 'port'],
  ['user', 'user'],
]);

/** Of the two that say how a host is reached, the first counts for ssh(1). */
const jumpReaders = new Map([
  ['proxycommand', readJumpCommand],
  ['proxyjump', readJumps],
]);

/** Keywords whose values, if they match, change nothing of what wgpush does anyway. */
const withoutBearing = new Map<string, RegExp>([
  ['batchmode', /^/],
  ['checkhostip', /^/],
  ['compression', /^/],
  ['connectionattempts', /^/],
  // `--timeout` is for all hosts.
  ['connecttimeout', /^/],
  ['controlmaster', /^/],
  ['controlpath', /^/],
  ['controlpersist', /^/],
  ['forwardagent', /^/],
  ['forwardx11', /^/],
  ['gssapiauthentication', /^no$/i],
  ['gssapidelegatecredentials', /^no$/i],
  ['hashknownhosts', /^/],
  ['kbdinteractiveauthentication', /^no$/i],
  ['loglevel', /^/],
  ['passwordauthentication', /^no$/i],
  ['preferredauthentications', /^publickey$/i],
  ['pubkeyauthentication', /^yes$/i],
  ['requesttty', /^/],
  ['serveralivecountmax', /^/],
  ['serveraliveinterval', /^/],
  // An unknown key is refused all the same, and the message says how to accept it.
  ['stricthostkeychecking', /^(?:yes|ask|accept-new)$/i],
  ['tcpkeepalive', /^/],
  ['updatehostkeys', /^/],
]);

const acceptOnce = 'leave it out, and give --accept-new once to record the keys of new hosts';

/** Why a keyword is not followed, where more than "not supported" is to be said. */
const refusals = new Map<string, string>([
  ['proxycommand', 'of these wgpush knows ssh -W %h:%p HOST; or name a jump host by -J'],
  ['proxyjump', 'a jump host is USER@HOST:PORT, and several are parted by commas'],
  ['stricthostkeychecking', `it would trust whoever answers at that address; ${acceptOnce}`],
  ['userknownhostsfile', 'give the file as --known-hosts'],
]);

export function* readSshArguments(host: DeclaredHost): Reading<SshArguments> {
  const found = new Map<Target, YamlNode>();
  let onlyIdentities: YamlNode | undefined;
  let jumps: readonly NamedJump[] | undefined;
  let sayHostKeyChecking = false;
  // As Ansible puts them together; of a keyword that is there twice, the first counts for ssh(1).
  for (const name of namesOf.sshArguments) {
    const node = yield* find(host, [name]);
    const text = textOf(node);
    if (node === undefined || text === undefined) continue;
    const words = shellWords(text);
    if (words === undefined) {
      yield problemAt(node, `a quote is not closed in ${shown(text)}`);
      continue;
    }
    for (const { keyword, value, written } of options(words.map(({ text: word }) => word))) {
      const target = targets.get(keyword);
      sayHostKeyChecking ||= keyword === 'stricthostkeychecking';
      const jumpsHere = jumpReaders.get(keyword)?.(value);
      if (target !== undefined && value !== '') {
        if (!found.has(target)) found.set(target, { ...node, value });
      } else if (jumpsHere !== undefined) {
        jumps ??= jumpsHere;
      } else if (keyword === 'identitiesonly') {
        onlyIdentities = /^yes$/i.test(value) ? node : undefined;
      } else if (withoutBearing.get(keyword)?.test(value) !== true) {
        const why = refusals.get(keyword) ?? 'wgpush logs in by itself, not by ssh(1)';
        yield problemAt(node, `the SSH argument ${shown(written)} is not supported: ${why}`);
      }
    }
  }
  yield* checkOnlyIdentities(host, onlyIdentities, found.get('identityFile'));
  return {
    port: found.get('port'),
    user: found.get('user'),
    identityFile: found.get('identityFile'),
    jumps,
    sayHostKeyChecking,
  };
}

/** With an identity file wgpush offers no other key; without one it asks the agent first. */
function* checkOnlyIdentities(
  host: DeclaredHost,
  node: YamlNode | undefined,
  identityFile: YamlNode | undefined,
): Reading<void> {
  if (node === undefined || identityFile !== undefined) return;
  if ((yield* find(host, namesOf.identityFile)) !== undefined) return;
  const right = 'set ansible_ssh_private_key_file, and no other key is offered';
  yield problemAt(node, `the SSH argument "IdentitiesOnly=yes" is not supported alone; ${right}`);
}

interface Option {
  /** In lower case, as ssh_config(5) compares them; a flag that stands for none, as it is. */
  readonly keyword: string;
  readonly value: string;
  readonly written: string;
}

function* options(words: readonly string[]): Generator<Option, void, undefined> {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (harmlessFlags.test(word)) continue;
    const [, flag = '', rest = ''] = /^-([a-zA-Z])(.*)$/.exec(word) ?? [];
    const takesValue = flag === 'o' || flagsWithValue.has(flag);
    if (!takesValue) {
      yield { keyword: word, value: '', written: word };
      continue;
    }
    if (rest === '') index += 1;
    const value = rest === '' ? (words[index] ?? '') : rest;
    const written = rest === '' ? `${word} ${value}`.trim() : word;
    if (flag === 'o') {
      const [, keyword = '', text = ''] = /^\s*(\w+)(?:\s*=\s*|\s+)(.*)$/.exec(value) ?? [];
      yield { keyword: keyword.toLowerCase(), value: text.trim(), written };
    } else {
      yield { keyword: (flagsWithValue.get(flag) ?? '').toLowerCase(), value, written };
    }
  }
}
