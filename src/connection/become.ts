/**
 * Becoming root on a host, in the one place where it is done.
 *
 * The limit in time stands inside: a timeout(1) of the login's own could not end what root runs.
 * sudo(8) drops SSH_CONNECTION, which tells by which path we came and so what a firewall must leave
 * open; env(1) hands it on, because sudo itself would do that for the tag SETENV only.
 */
import type { Become } from '../model/host';

/** What stands before a command, so that it is run as that user; any login shell reads it the same way. */
export function becoming({ user }: Become): string {
  // sudo's own words are looked at: they must not depend on the locale.
  return `env LC_ALL=C sudo -n -u ${user} env "SSH_CONNECTION=$SSH_CONNECTION"`;
}

/**
 * Why nothing was run; undefined where the script itself has begun. It is known by nothing on stdout
 * and by sudo's own words, with which its complaints begin.
 */
export function refusalOf(
  stdout: Buffer,
  stderr: string,
  code: number | undefined,
): string | undefined {
  if (stdout.length > 0 || code === 0 || code === undefined) return undefined;
  if (code === 127 && /\bsudo\b.*(?:not found|No such file)/.test(stderr)) {
    return 'there is no sudo; log in as root, or install it';
  }
  const words = /^sudo: .*/m.exec(stderr)?.[0];
  if (words === undefined) return undefined;
  const isAsking = /password is required|terminal is required|must have a tty/.test(words);
  const remedy = 'give the user a line with NOPASSWD in /etc/sudoers.d, or log in as root';
  return isAsking ? `${words}; passwords for sudo are not supported yet: ${remedy}` : words;
}
