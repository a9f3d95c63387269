/** What the user's ssh configuration asks for and this connection, which is none of ssh(1), can't do. */
import type { Jump } from '../model/host';
import { ending } from '../model/secret';

/** The end of every message about it. */
export const onlyBySsh = 'only ssh itself makes use: log in by it (--connection openssh)';

/** Why the host can't be logged in to, however its keys are. */
export function askedOfSshOnly({ alias, settings }: Jump): string | undefined {
  if (settings === undefined) return undefined;
  const says = (what: string) => `the ssh configuration says ${what} of ${alias}`;
  if (settings.proxyCommand !== undefined) {
    const command = ending(settings.proxyCommand, 200);
    return `${says(`"ProxyCommand ${command}"`)}, of which ${onlyBySsh}; a ProxyJump is followed`;
  }
  if (!settings.offersKeys) {
    const others = `${says('that no key is offered')}, but a password or the like`;
    return `${others}, of which ${onlyBySsh}; PubkeyAuthentication and PreferredAuthentications say so`;
  }
  return undefined;
}

/** Keys that the host may want, and that can't be offered. */
export function keysOfSshOnly({ settings }: Jump): readonly string[] {
  const { certificateFiles = [], pkcs11Provider } = settings ?? {};
  return [
    ...certificateFiles.map(
      (file) => `the certificate ${file} is not offered: of these ${onlyBySsh}`,
    ),
    ...(pkcs11Provider === undefined
      ? []
      : [`no key of ${pkcs11Provider} (PKCS11Provider) is offered: of these ${onlyBySsh}`]),
  ];
}
