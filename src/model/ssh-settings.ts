/** What the user's ssh configuration says of how a host is logged in to (ssh_config(5)). */

/** What an inventory can leave open, so that the ssh configuration may say it. */
export type OpenField = 'port' | 'user' | 'identityFile' | 'jumps' | 'hostKeyChecking' | 'endpoint';

/** All but where it goes, and as whom. */
export interface SshSettings {
  /** IdentityFile, in its order, whole paths; undefined: the default keys. Empty: `none`. */
  readonly identityFiles: readonly string[] | undefined;
  /** Of an agent, only the keys that the files name are offered. */
  readonly identitiesOnly: boolean;
  /** The agent's socket; `none`: no agent is asked; undefined: SSH_AUTH_SOCK. */
  readonly identityAgent: string | undefined;
  /** The first is the one that is added to; undefined: `~/.ssh/known_hosts`. */
  readonly userKnownHosts: readonly string[] | undefined;
  /** Undefined: the system's usual one. */
  readonly globalKnownHosts: readonly string[] | undefined;
  /** What the host is called in known_hosts; undefined: by where it is. */
  readonly hostKeyAlias: string | undefined;
  /** StrictHostKeyChecking: `off` is never followed, but told. */
  readonly hostKeyChecking: 'strict' | 'accept-new' | 'off';
  /** A command that is the way to the host. */
  readonly proxyCommand: string | undefined;
  readonly certificateFiles: readonly string[];
  /** The library of a smartcard or the like. */
  readonly pkcs11Provider: string | undefined;
  /** May keys be offered at all? (PubkeyAuthentication, PreferredAuthentications) */
  readonly offersKeys: boolean;
}
