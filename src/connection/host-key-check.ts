/**
 * The check of a host's key: is it the host that we mean?
 *
 * A new key is recorded in a second step, after the host has proved that it owns it.
 */
import { withPort } from '../model/address';
import type { Jump } from '../model/host';
import { Unreachable } from './connection';
import { describedKey } from './host-key';
import { hostField, type HostKeyVerdict } from './known-hosts';
import type { KnownHostsOf } from './known-hosts-files';
import { errorMessage } from './system-error';

export interface HostKeyCheckOptions {
  readonly knownHosts: KnownHostsOf;
  /** Trust and record the key of a host that has none recorded. */
  readonly acceptNew: boolean;
  /** Told of each key that is recorded, as a sentence. */
  readonly onAccepted?: (message: string) => void;
}

export interface HostKeyCheck {
  /** The types of key that are known of the host; none: it is unknown. */
  readonly keyTypes: readonly string[];
  /** The files of known_hosts. */
  readonly files: readonly string[];
  /** May a key be accepted that is recorded nowhere? */
  readonly mayBeNew: boolean;
  /**
   * The verdict on the key that the host shows: undefined is yes, else it says why not.
   * @param shown type and fingerprint, as `describedKey` gives them.
   */
  refusal(shown: string): string | undefined;
  /** Records a key that has been proved, if it is new. @throws Unreachable where that fails. */
  record(key: Buffer): Promise<void>;
}

/** @throws Unreachable where what is known can't be read. */
export async function hostKeyCheck(
  login: Jump,
  options: HostKeyCheckOptions,
): Promise<HostKeyCheck> {
  const { onAccepted } = options;
  const knownHosts = await options.knownHosts(login);
  const acceptNew = options.acceptNew || login.settings?.hostKeyChecking === 'accept-new';
  const { host, port } = knownAs(login);
  const keyTypes = knownHosts.keyTypes(host, port);
  return {
    keyTypes,
    files: knownHosts.files,
    mayBeNew: acceptNew && keyTypes.length === 0,

    refusal(shown) {
      const verdict = knownHosts.judge(host, port, shown);
      if (verdict.kind === 'known' || (acceptNew && isNew(verdict))) return undefined;
      return refusal(login, shown, verdict);
    },

    async record(key) {
      const shown = describedKey(key);
      if (knownHosts.judge(host, port, shown).kind === 'known') return;
      const verdict = await knownHosts.accept(host, port, key).catch((error: unknown) => {
        const place = placeOf(login);
        throw new Unreachable(`the host key of ${place} can't be recorded: ${errorMessage(error)}`);
      });
      // Another connection may have recorded another key meanwhile.
      if (verdict.kind !== 'known') throw new Unreachable(refusal(login, shown, verdict));
      onAccepted?.(`recorded the host key of ${placeOf(login)}: ${shown}`);
    },
  };
}

function isNew({ kind }: HostKeyVerdict): boolean {
  return kind === 'unknown' || kind === 'certified';
}

/** HostKeyAlias stands in place of name and port (ssh_config(5)). */
function knownAs({ host, port, settings }: Jump): Pick<Jump, 'host' | 'port'> {
  const alias = settings?.hostKeyAlias;
  return alias === undefined ? { host, port } : { host: alias, port: 22 };
}

function placeOf({ host, port, settings }: Jump): string {
  const place = withPort(host, port);
  const alias = settings?.hostKeyAlias;
  return alias === undefined ? place : `${place} (HostKeyAlias ${alias})`;
}

function refusal(
  login: Jump,
  shown: string,
  verdict: Exclude<HostKeyVerdict, { kind: 'known' }>,
): string {
  const place = placeOf(login);
  const { host, port } = knownAs(login);
  switch (verdict.kind) {
    case 'unknown':
      return (
        `the host key of ${place} is unknown: ${shown}; if ssh-keygen -lf ` +
        `/etc/ssh/ssh_host_${fileWord(shown)}_key.pub on the host says the same, run again with --accept-new`
      );
    case 'certified':
      return (
        `the host key of ${place} is unknown: ${shown}; ${verdict.line.place} trusts a certificate ` +
        'authority for it, but it shows no certificate, or none that is read here: record the key of the ' +
        'host itself, or log in by ssh itself (--connection openssh)'
      );
    case 'changed': {
      const recorded = verdict.lines.map(
        (line) => `${describedKey(line.key)} is recorded in ${line.place}`,
      );
      return (
        `the host key of ${place} HAS CHANGED: the host shows ${shown}, but ${recorded.join(', ')}; ` +
        'it was installed anew, or somebody is in between; nothing was sent to it; ' +
        `in the first case: ssh-keygen -R '${hostField(host, port)}'`
      );
    }
    case 'revoked':
      return `the host key of ${place} is revoked by ${verdict.line.place}: ${shown}; do not log in`;
  }
}

/** As sshd names the files of its keys: `ssh_host_ed25519_key`. */
function fileWord(shown: string): string {
  const [type = ''] = shown.split(' ');
  return type.startsWith('ecdsa-') ? 'ecdsa' : type.replace('ssh-', '');
}
