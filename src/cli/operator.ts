/** Who runs this. */
import { hostname, userInfo } from 'node:os';
import { printable } from '../model/secret';

/** Also by sudo. */
export function userName(): string {
  return process.env['SUDO_USER'] ?? userInfo().username;
}

/** `alice@laptop`, in one line. */
export function operator(): string {
  return printable(`${userName()}@${hostname()}`).replaceAll(/\s+/g, ' ');
}
