/**
 * Which variables of a host are ours to read, and which would be ignored in silence.
 *
 * A team's own variables are let through. But a name that begins with `wg_` or `ansible_` means
 * something to somebody: what wgpush can't do of it is a mistake, and what has no bearing on
 * wgpush, such as the path of python, is not.
 */
import type { Reading } from './reading';
import schema from './schemas/hosts.schema.json';
import { nearTo, shown, suggestion } from './wording';
import { child, entries, problemAt, textOf, type YamlNode } from './yaml-node';

/** The names a value may go by; where a host has several, the first counts, as in Ansible. */
export const namesOf = {
  host: ['ansible_ssh_host', 'ansible_host'],
  port: ['ansible_ssh_port', 'ansible_port'],
  user: ['ansible_ssh_user', 'ansible_user'],
  identityFile: ['ansible_ssh_private_key_file', 'ansible_private_key_file'],
  become: ['ansible_become'],
  becomeMethod: ['ansible_become_method'],
  becomeUser: ['ansible_become_user'],
  becomePassword: ['ansible_sudo_pass', 'ansible_become_pass', 'ansible_become_password'],
  /** In the order in which Ansible puts them on the command line. */
  sshArguments: ['ansible_ssh_args', 'ansible_ssh_common_args', 'ansible_ssh_extra_args'],
  addresses: ['wg_address', 'wireguard_addresses', 'wireguard_address', 'vpn_ip'],
  formerly: ['wg_formerly'],
  endpoint: ['wg_endpoint', 'wireguard_endpoint'],
  hub: ['wg_hub'],
  listenPort: ['wg_listen_port', 'wireguard_port'],
  persistentKeepalive: ['wg_persistent_keepalive', 'wireguard_persistent_keepalive'],
} as const;

const supported = Object.keys(schema.definitions.variables.properties);

/** Variables of Ansible's that say how Ansible works on a host, not how to reach it. */
const withoutBearing = new Set([
  'ansible_async_dir',
  'ansible_distribution',
  'ansible_facts',
  'ansible_os_family',
  'ansible_paramiko_pty',
  'ansible_pipelining',
  'ansible_remote_tmp',
  'ansible_scp_if_ssh',
  'ansible_sftp_batch_mode',
  'ansible_shell_executable',
  'ansible_shell_type',
  'ansible_ssh_pipelining',
  'ansible_ssh_retries',
  'ansible_ssh_transfer_method',
  'ansible_ssh_use_tty',
]);

/** Ways to log in and to become root that come later, and what to do until then. */
const notYet = new Map([
  ['ansible_become_exe', 'wgpush calls sudo or doas, by the PATH of the user'],
  ['ansible_become_flags', 'wgpush calls sudo with flags of its own'],
  ['ansible_doas_pass', 'doas reads a password from a terminal only: permit nopass'],
  ['ansible_password', 'log in with a key: ansible_ssh_private_key_file'],
  ['ansible_ssh_pass', 'log in with a key: ansible_ssh_private_key_file'],
  ['ansible_ssh_password', 'log in with a key: ansible_ssh_private_key_file'],
]);

/** Ways of reaching a host that are SSH. */
const sshConnections = ['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'ansible.builtin.ssh'];

/** Checks the names of all variables below a group, wherever they are written. */
export function* checkVariableNames(group: YamlNode): Reading<void> {
  yield* checkNames(child(group, 'vars'));
  for (const [, variables] of entries(child(group, 'hosts'))) yield* checkNames(variables);
  for (const [, nested] of entries(child(group, 'children'))) yield* checkVariableNames(nested);
}

/** Checks the names of these variables. */
export function* checkNames(variables: YamlNode | undefined): Reading<void> {
  for (const [name, node] of entries(variables)) {
    if (name.startsWith('wg_') && !supported.includes(name)) {
      const known = suggestion(name, supportedWith('wg_'));
      yield problemAt(node, `unknown variable ${shown(name)}${known}`, { at: 'key' });
    } else if (name === 'ansible_connection') {
      const how = textOf(node);
      if (how === undefined || sshConnections.includes(how)) continue;
      yield problemAt(
        node,
        `connection ${shown(how)} is not supported; wgpush reaches hosts by SSH`,
      );
    } else if (notYet.has(name)) {
      const message = `${shown(name)} is not supported yet; ${notYet.get(name) ?? ''}`;
      yield problemAt(node, message, { at: 'key' });
    } else if (name.startsWith('ansible_') && !isWithoutHarm(name)) {
      const near = nearTo(name, supportedWith('ansible_'));
      const right = near === undefined ? mainOnes : `did you mean ${shown(near)}?`;
      const message = `variable ${shown(name)} is not supported; ${right}`;
      yield problemAt(node, message, { at: 'key' });
    }
  }
}

const mainOnes =
  'supported are ansible_host, ansible_port, ansible_user, ansible_become and others of the login';

function isWithoutHarm(name: string): boolean {
  if (supported.includes(name) || withoutBearing.has(name)) return true;
  return /^ansible_\w+_interpreter$/.test(name);
}

function supportedWith(prefix: string): readonly string[] {
  return supported.filter((name) => name.startsWith(prefix));
}
