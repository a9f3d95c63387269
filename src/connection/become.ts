/**
 * Becoming root on a host, in the one place where it is done: the command, and what its end means.
 *
 * The limit in time stands inside: a timeout(1) of the login's own could not end what root runs.
 * sudo(8) drops SSH_CONNECTION, which tells by which path we came and so what a firewall must leave
 * open; env(1) hands it on, because sudo itself would do that for the tag SETENV only.
 *
 * Root's shell first says that it is there. What it says, and how sudo asks for a password, is not
 * what stands in the command, because a shell may print its commands (`set -x`): then we would take its
 * word for sudo's, and the password would be run by a shell.
 */
import type { Login } from '../model/host';
import { ending } from '../model/secret';
import type { Answer } from './answer';
import { answerAfter } from './mark';

/** How root's shell says that it is there. */
export function readyMark(nonce: string): string {
  return `${nonce}READY`;
}

/** How sudo asks for a password: `%U` is root (sudo(8), sudo-rs too). */
export function promptMark(nonce: string): string {
  return `${nonce}root`;
}

/** A command that ends as root's, in two parts. */
export interface RootsCommand {
  /** Text for sh, in which `$0` is what root's shell is to run. */
  readonly command: string;
  readonly word: string;
}

export function asRoot(
  command: string,
  nonce: string,
  { method, hasPassword }: { readonly method: 'sudo' | 'doas'; readonly hasPassword: boolean },
): RootsCommand {
  const asking = method === 'sudo' && hasPassword ? `-S -p ${nonce}%U` : '-n';
  // Their own words are looked at: they must not depend on the locale.
  const become = `env LC_ALL=C ${method} ${asking} -u root env "SSH_CONNECTION=$SSH_CONNECTION"`;
  return {
    command: `${become} /bin/sh -c "$0"`,
    word: `echo "${nonce}"READY; exec ${command}`,
  };
}

/** The answer of what root has run; undefined where root has run nothing. */
export function answerOfRoot(answer: Answer, nonce: string): Answer | undefined {
  return answerAfter(readyMark(nonce), answer);
}

/** Why root has run nothing, in the words of sudo and the like, and what to do about it. */
export function refusalOf({ stdout, stderr, exit }: Answer, { user, become }: Login): string {
  const method = become?.method ?? 'sudo';
  const lines = [stdout, stderr].flatMap((bytes) => ending(bytes.toString(), 1000).split('\n'));
  const own = lines.filter((line) => line.startsWith(`${method}: `) && !beside.test(line));
  const last = [...lines, ...own].findLast((line) => line.trim() !== '');
  const words = last?.slice(0, 300) ?? `it ends with exit code ${String(exit?.code)}`;
  const isMissing = new RegExp(`\\b${method}\\b.*(?:not found|No such file)|Unknown command`);
  if (exit?.code === 127 && lines.some((line) => isMissing.test(line))) {
    return `there is no ${method}; log in as root, or install it`;
  }
  const why = remedies.find(({ complaint }) => own.some((line) => complaint.test(line)));
  return why === undefined ? words : `${words}; ${why.remedy(user)}`;
}

/** What sudo complains of and goes on. */
const beside = /unable to resolve host/;

const remedies: readonly {
  readonly complaint: RegExp;
  readonly remedy: (user: string) => string;
}[] = [
  {
    complaint: /^sudo: .*must have a tty/,
    remedy: (user) =>
      `wgpush has no terminal there: write "Defaults:${user} !requiretty" into /etc/sudoers.d`,
  },
  {
    complaint: /^sudo: .*(?:password is required|terminal is required|authentication is required)/,
    remedy: () =>
      'give it by --ask-become-pass, --become-password-file or ansible_become_password, or give ' +
      'the user a line with NOPASSWD in /etc/sudoers.d',
  },
  {
    complaint: /^doas: (?:Authentication required|Authorization required|a tty is required)/,
    remedy: (user) =>
      `doas reads a password from a terminal only, and wgpush has none there: write "permit ` +
      `nopass ${user} as root" into /etc/doas.conf, or let the user become root by sudo`,
  },
];
