/**
 * Is each host who the lock says it is (INV-2)? A key that differs is never silently accepted: it
 * may be a rebuilt host, a cloned image, or somebody else.
 */
import { UnexpectedAnswer } from '../facts/fact';
import type { Answers } from '../facts/questionnaire';
import { wireguardKey } from '../facts/wireguard-key';
import { fingerprint, isUsable, type PublicKey } from '../model/key';
import { configPath, type Wanted } from './values';

export interface Identities {
  /** Public keys that hosts answered and the lock does not know yet. */
  readonly learned: ReadonlyMap<string, PublicKey>;
  /** Hosts that the lock has no key for, and which do not tell theirs before an apply. */
  readonly toCome: ReadonlySet<string>;
  /** Why a host is not to be trusted, for the operator. */
  readonly alarms: ReadonlyMap<string, string>;
}

/** @param seen the answers of each host that was asked for its key. */
export function identify(wanted: Wanted, seen: ReadonlyMap<string, Answers>): Identities {
  const learned = new Map<string, PublicKey>();
  const toCome = new Set<string>();
  const alarms = new Map<string, string>();
  const owners = new Map<PublicKey, string>(
    [...wanted.lock.hosts].flatMap(([host, { publicKey }]): [PublicKey, string][] =>
      publicKey === undefined ? [] : [[publicKey, host]],
    ),
  );
  for (const [host, answers] of seen) {
    const locked = wanted.lock.hosts.get(host)?.publicKey;
    const found = keyIn(wanted, answers);
    if (found.kind === 'unreadable') continue;
    if (found.kind !== 'known') {
      if (locked === undefined) toCome.add(host);
      else if (found.kind === 'none') {
        alarms.set(host, `it has no WireGuard key, but ${knownAs(locked)}; ${howToAccept}`);
      }
      continue;
    }
    if (locked === undefined) learned.set(host, found.publicKey);
    else if (locked !== found.publicKey) {
      alarms.set(
        host,
        `its WireGuard key is ${keyText(found.publicKey)}, but ${knownAs(locked)}; ${howToAccept}`,
      );
    }
    // What is locked was usable when it was learned; the proof costs 5 ms a key.
    if (locked === undefined && !isUsable(found.publicKey)) {
      alarms.set(
        host,
        'its public key is a point of low order: no peer can agree on a secret with it',
      );
    }
    const owner = owners.get(found.publicKey);
    if (owner !== undefined && owner !== host) {
      alarms.set(
        host,
        `it has the WireGuard key of ${owner}: a cloned image? remove its key file to have a new one made`,
      );
    }
    owners.set(found.publicKey, owner ?? host);
  }
  for (const host of alarms.keys()) learned.delete(host);
  return { learned, toCome, alarms };
}

const howToAccept =
  'if the host was rebuilt, remove its public_key from wgpush.lock.yaml to accept the new one (INV-2)';

function knownAs(key: PublicKey): string {
  return `the lock knows the host by ${keyText(key)}`;
}

function keyText(key: PublicKey): string {
  return `key ${fingerprint(key)}`;
}

type Found =
  | { readonly kind: 'known'; readonly publicKey: PublicKey }
  /** There is a private key, and the means to tell its public key have yet to be installed. */
  | { readonly kind: 'later' }
  | { readonly kind: 'none' }
  /** What is wrong with it is said when the host's plan is made. */
  | { readonly kind: 'unreadable' };

function keyIn({ inventory }: Wanted, answers: Answers): Found {
  const fact = wireguardKey(configPath(inventory, 'key'), configPath(inventory, 'conf'));
  const answer = answers.get(fact.question.text);
  if (answer === undefined) return { kind: 'unreadable' };
  try {
    const key = fact.parse(answer);
    if (key.kind === 'absent') return { kind: key.inConfig ? 'later' : 'none' };
    if (key.publicKey === undefined) return { kind: 'later' };
    return { kind: 'known', publicKey: key.publicKey };
  } catch (error) {
    if (error instanceof UnexpectedAnswer) return { kind: 'unreadable' };
    throw error;
  }
}
