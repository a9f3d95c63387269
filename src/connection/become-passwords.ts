/**
 * The passwords by which users become root, and who has refused them.
 *
 * An account is locked after some wrong passwords, and one of a directory service is locked on all
 * hosts at once. So a password that nobody has accepted yet is tried on one host at a time, and after
 * two refusals on no further host; and a host that has refused one is not asked again.
 */
import type { Login } from '../model/host';
import type { Secret } from '../model/secret';

/** A host may have another password than the others, and must not keep us from all of them. */
const mostRefusals = 2;

/** Undefined: it came to neither. */
export type Verdict = 'accepted' | 'refused' | undefined;

export interface BecomePasswords {
  /** The one that the login's host may ask for; undefined where none is known. */
  of(login: Login): Secret | undefined;
  /**
   * Gives the password to a host, if that does no harm; otherwise it is withheld.
   * @param place tells the host from others.
   */
  offer(
    password: Secret,
    user: string,
    place: string,
    give: () => Promise<Verdict>,
  ): Promise<Verdict | 'withheld'>;
}

/** @param ofRun for all hosts for which the inventory has none. */
export function openBecomePasswords(ofRun: Secret | undefined): BecomePasswords {
  const all = new Map<string, Tries>();
  return {
    of: ({ become }) => (become?.method === 'sudo' ? (become.password ?? ofRun) : undefined),
    async offer(password, user, place, give) {
      const key = `${user} ${password.reveal()}`;
      const tries = all.get(key) ?? { isAccepted: false, refusedBy: new Set(), trial: undefined };
      all.set(key, tries);
      while (!tries.isAccepted && tries.trial !== undefined) await tries.trial;
      if (isWithheld(tries, place)) return 'withheld';
      const verdict = give();
      const trial = settle(tries, place, verdict);
      tries.trial ??= trial;
      await trial;
      return verdict;
    },
  };
}

/** What has become of one password of one user. */
interface Tries {
  isAccepted: boolean;
  readonly refusedBy: Set<string>;
  /** Settles with the one that is under way while nobody has accepted it. Never rejects. */
  trial: Promise<void> | undefined;
}

function isWithheld({ isAccepted, refusedBy }: Tries, place: string): boolean {
  return refusedBy.has(place) || (!isAccepted && refusedBy.size >= mostRefusals);
}

async function settle(tries: Tries, place: string, verdict: Promise<Verdict>): Promise<void> {
  const found = await verdict.catch(() => undefined);
  if (found === 'accepted') tries.isAccepted = true;
  if (found === 'refused') tries.refusedBy.add(place);
  tries.trial = undefined;
}
