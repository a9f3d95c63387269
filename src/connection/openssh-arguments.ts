/** The command line of an ssh(1) that logs in to one host and stays in the background. */
import { withPort } from '../model/address';
import type { Jump } from '../model/host';
import { quoted } from '../model/shell';
import type { Place } from './way';

/** What decides about a host's key. */
export interface Trust {
  readonly files: readonly string[];
  /** Where a key is kept that is recorded nowhere; undefined: it is refused. */
  readonly newKeyFile: string | undefined;
}

export interface Call {
  readonly login: Jump;
  /** The user's home directory. */
  readonly home: string;
  /** As of the whole run: `-F FILE`, or none. */
  readonly arguments: readonly string[];
  readonly trust: Trust;
  /** Where ssh writes what it does. */
  readonly logFile: string;
  /** Where ssh listens once it has logged in. */
  readonly control: string;
  /** How ssh gets there (ProxyCommand); undefined: as it is told by the configuration, or straight. */
  readonly through: string | undefined;
}

/**
 * The first that is said of an option counts for ssh, and the command line before the configuration:
 * what the inventory says, and what a run needs. All else is the configuration's.
 */
export function sshArguments(call: Call): readonly string[] {
  const { login, trust, through } = call;
  const { host, port, user, identityFile, settings, alias } = login;
  const proxy = through ?? (settings?.proxyCommand === undefined ? 'none' : undefined);
  const [first = '/dev/null', ...more] = trust.files;
  const own = trust.newKeyFile === undefined ? [first] : [trust.newKeyFile, first];
  const options = {
    HostName: host,
    // A file that is given by -i and missing is passed over for the default keys; by -o it is not.
    ...(identityFile === undefined
      ? {}
      : { IdentityFile: word(identityFile.replace(/^~(?=\/)/, call.home)), IdentitiesOnly: 'yes' }),
    ...(proxy === undefined ? {} : { ProxyCommand: proxy }),
    UserKnownHostsFile: [...own, ...more].map(word).join(' '),
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: trust.newKeyFile === undefined ? 'yes' : 'accept-new',
    UpdateHostKeys: 'no',
    CheckHostIP: 'no',
    // Nobody is there to be asked, and no password is offered.
    BatchMode: 'yes',
    ConnectionAttempts: '1',
    ConnectTimeout: 'none',
    ServerAliveInterval: '10',
    ServerAliveCountMax: '3',
    // Ends by itself soon after the last of us has left, whatever became of us.
    ControlPersist: '10',
    // Of the user's own sessions.
    ClearAllForwardings: 'yes',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    PermitLocalCommand: 'no',
    RemoteCommand: 'none',
    RequestTTY: 'no',
    Tunnel: 'no',
  };
  return [
    ...['-v', '-E', call.logFile, '-M', '-N', '-n', '-S', call.control],
    ...call.arguments,
    ...['-p', String(port), '-l', user],
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...['--', alias],
  ];
}

/** A ProxyCommand that goes through the host of a control socket. */
export function proxyThrough(control: string, { host, port }: Place): string {
  const words = ['ssh', '-F', 'none', '-o', 'ProxyCommand=false', '-S', control, '-W'];
  const command = [...words, withPort(host, port), '--', 'jump-host'].map(quoted).join(' ');
  return command.replaceAll('%', '%%');
}

/** One word of an option that takes several; ssh_config(5) knows no escapes within quotes but these. */
function word(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`;
}
