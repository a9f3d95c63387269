/** A host as the inventory declares it. Its WireGuard identity is in the lock (see lock.ts). */
import type { Address } from './address';
import type { Secret } from './secret';
import type { OpenField, SshSettings } from './ssh-settings';

export interface Host {
  readonly name: string;
  /** Every group that it is in, `all` included, sorted. */
  readonly groups: readonly string[];
  readonly login: Login;
  /** Where its peers send to, one a family; none: it is behind NAT, and has to speak first. */
  readonly endpoints: readonly Endpoint[];
  /** The UDP port it listens on. */
  readonly listenPort: number;
  /** WireGuard addresses chosen by hand; the others are allocated. */
  readonly chosenAddresses: readonly Address[];
  /** What it was called before: then it has the identity of that name. */
  readonly formerly: string | undefined;
  /** Seconds between keepalives towards its peers; undefined: none. */
  readonly persistentKeepalive: number | undefined;
  /** Its home hub in a hub-and-spoke network; undefined: the one that its name falls to. */
  readonly hub: string | undefined;
  /** Names of its roles, in the order they are carried out. */
  readonly roles: readonly string[];
}

/** How the controller logs in. */
export interface Login extends Jump {
  /** How the user becomes the one whose rights a script needs; undefined: it has them. */
  readonly become: Become | undefined;
  /** What it is reached through, the one that is next to the controller first; none: directly. */
  readonly jumps: readonly Jump[];
}

/** Where SSH goes to, and as whom. */
export interface Jump {
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** A private key file; undefined: the agent, then the user's default keys. */
  readonly identityFile: string | undefined;
  /** The name that the user's ssh configuration knows it by: what HostName stands in place of. */
  readonly alias: string;
  /** What nobody has said of it in the inventory. */
  readonly open: readonly OpenField[];
  /** What the ssh configuration says of it; undefined: nothing, or it was not asked. */
  readonly settings: SshSettings | undefined;
}

/** sudo(8), or doas(1) without a password. */
export interface Become {
  readonly method: 'sudo' | 'doas';
  readonly user: 'root';
  /** What sudo may ask the user for; undefined: what was given for the run, or nothing. */
  readonly password: Secret | undefined;
}

/** A name or an address, and a UDP port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}
