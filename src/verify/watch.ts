/** What held at first, and whether it did so over a watched time (SC-3). */
import type { Check } from '../model/check';

/** One more look. */
export interface Later {
  /** Since the first look began. */
  readonly afterSeconds: number;
  readonly checks: readonly Check[];
}

/**
 * The checks of the first look, as all later ones leave them: what failed once has failed, and it is
 * said when. What a later look does not tell any more is not known to have held.
 */
export function overTime(first: readonly Check[], laters: readonly Later[]): readonly Check[] {
  const looks = laters.map(({ afterSeconds, checks }) => ({
    after: `after ${String(afterSeconds)} s`,
    checks: new Map(checks.map((check) => [keyOf(check), check])),
  }));
  const last = looks.at(-1);
  return first.map((check): Check => {
    // What is behind no peer is looked at once.
    if (check.peer === undefined || check.status !== 'pass' || last === undefined) return check;
    for (const { after, checks } of looks) {
      const now = checks.get(keyOf(check));
      if (now === undefined) {
        return {
          ...check,
          status: 'skip',
          evidence: `${after} it could not be looked at any more`,
        };
      }
      if (now.status !== 'pass') return { ...now, evidence: `${after}: ${now.evidence}` };
    }
    const { evidence } = last.checks.get(keyOf(check)) ?? check;
    const number = String(looks.length + 1);
    return {
      ...check,
      evidence: `${evidence}; it held at all ${number} looks, the last ${last.after}`,
    };
  });
}

function keyOf({ id, title }: Check): string {
  return `${id} ${title}`;
}
