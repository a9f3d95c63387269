/**
 * Is a host who the lock says it is (INV-2): the addresses of its running interface, the key that the
 * interface has, and the key in its file, from which the next start of the interface takes it?
 *
 * What the lock says is unique there, so a host that is as locked is taken for nobody else.
 */
import type { Check } from '../model/check';
import { wireguardKey } from '../facts/wireguard-key';
import { wireguardState, type WireguardState } from '../facts/wireguard-state';
import { fingerprint, type PublicKey } from '../model/key';
import { resource } from './resource';

interface Args {
  readonly interface: string;
  readonly key_file: string;
  readonly config_file: string;
  /** As locked, with the prefix lengths of their subnets. */
  readonly addresses: readonly string[];
  /** As locked; undefined: the host has not told one yet. */
  readonly public_key?: PublicKey;
}

export const identityCheck = resource({
  kind: 'identity-check',
  serves: 'INV-2',
  args: {
    type: 'object',
    required: ['interface', 'key_file', 'config_file', 'addresses'],
    additionalProperties: false,
    properties: {
      interface: { type: 'string', description: 'The WireGuard interface.' },
      key_file: { type: 'string', description: 'Where its private key is kept.' },
      config_file: { type: 'string', description: 'Its file of wg-quick(8).' },
      addresses: {
        type: 'array',
        items: { type: 'string' },
        description: 'The addresses it must have, with prefix lengths.',
      },
      public_key: { type: 'string', description: 'The key that the lock knows it by.' },
    },
  },
  facts: (args: Args) => ({
    state: wireguardState(args.interface),
    key: wireguardKey(args.key_file, args.config_file),
  }),
  *judge({ interface: wg, addresses, public_key: locked }, { state, key }, host): Iterable<Check> {
    const title = `${host} has the addresses and the key that the lock knows it by`;
    const check = { id: 'INV-2', host, title } as const;
    if (locked === undefined) {
      yield { ...check, status: 'skip', evidence: 'the lock knows no key of it yet' };
      return;
    }
    const kept = key.kind === 'present' ? key.publicKey : undefined;
    const wrong = [
      ...runningFaults(state, wg, addresses, locked),
      ...(kept === undefined || kept === locked ? [] : [`its key file holds ${keyText(kept)}`]),
      ...(key.kind === 'absent' ? ['it keeps no key in a file'] : []),
    ];
    const asLocked = `${addresses.join(' and ')} with ${keyText(locked)}`;
    yield wrong.length === 0
      ? { ...check, status: 'pass', evidence: `${wg} has ${asLocked}` }
      : { ...check, status: 'fail', evidence: `${wrong.join('; ')}; locked: ${asLocked}` };
  },
});

function runningFaults(
  state: WireguardState,
  wg: string,
  addresses: readonly string[],
  locked: PublicKey,
): readonly string[] {
  if (state.kind === 'absent') return [`there is no ${wg}`];
  const { publicKey } = state;
  const missing = addresses.filter((each) => !state.addresses.includes(each));
  const foreign = state.addresses.filter((each) => !addresses.includes(each));
  return [
    ...missing.map((each) => `${wg} lacks ${each}`),
    ...foreign.map((each) => `${wg} also has ${each}`),
    ...(publicKey === undefined ? [`${wg} has no key`] : []),
    ...(publicKey === undefined || publicKey === locked ? [] : [`${wg} has ${keyText(publicKey)}`]),
  ];
}

/** Never the key itself: a report tells who is who, and no more. */
function keyText(key: PublicKey): string {
  return `key ${fingerprint(key)}`;
}
