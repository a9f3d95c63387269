/** The path the controller came by: the one that a firewall must not close. */
import { address, type Address } from '../model/address';
import { sh } from '../model/shell';
import type { Fact } from './fact';

export interface SshPath {
  /** The controller as the host sees it. */
  readonly client: Address;
  /** The port that sshd was reached on, as the host knows it. */
  readonly serverPort: number;
}

/** Undefined where this is no SSH session. What becomes root must keep its variable. */
export function sshPath(): Fact<SshPath | undefined> {
  return {
    title: 'the path of this SSH session',
    question: sh`set -- $SSH_CONNECTION; printf '%s %s\n' "$1" "$4"`,
    parse: ({ stdout }) => {
      const [from = '', port = ''] = stdout.split(' ');
      const client = address(from.replace(/^::ffff:/, ''));
      return client === undefined ? undefined : { client, serverPort: Number(port) };
    },
  };
}
