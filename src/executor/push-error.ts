/** Why a push came to nothing, for the operator. */
import type { Holder } from '../plan/push-lock';
import type { Pushed } from '../plan/push-script';

export function pushError(pushed: Exclude<Pushed, { kind: 'done' }>): string {
  switch (pushed.kind) {
    case 'stale':
      return 'somebody changed the host since it was looked at; nothing was done, run again';
    case 'held':
      return `being changed by ${holderText(pushed.holder)}; nothing was done, run again then`;
    case 'open':
      return openError(pushed);
    case 'unready':
      return `${pushed.why}; nothing was done`;
    case 'unsaved':
      return `what there is could not be saved, so nothing was done: ${pushed.said}`;
    case 'failed': {
      const { change, exitCode, said, rollback } = pushed;
      const what = `${change.role}: "${change.summary}" failed with exit code ${String(exitCode)}: ${said}`;
      if (rollback.kind === 'kept') return what;
      if (rollback.kind === 'rolled-back') return `${what}; rolled back`;
      return `${what}; rolled back, but not as it was: ${rollback.said}`;
    }
  }
}

/** `alice@laptop, process 4242, since 2026-11-26 05:12:03 UTC, until 05:28:08 UTC at the latest`. */
export function holderText(holder: Holder | undefined): string {
  if (holder === undefined) return 'somebody, who did not say';
  const [day, from] = momentOf(holder.since);
  const [lastDay, to] = momentOf(holder.until);
  const end = day === lastDay ? to : `${lastDay} ${to}`;
  return `${holder.by}, since ${day} ${from} UTC, until ${end} UTC at the latest`;
}

function openError({ isGoingBack, seconds, holder }: Extract<Pushed, { kind: 'open' }>): string {
  const push = `the push of ${holderText(holder)},`;
  if (seconds === 0) return `${push} had been left unconfirmed, and was rolled back now; run again`;
  if (isGoingBack) return `${push} is being rolled back; nothing was done, run again then`;
  return (
    `${push} is still unconfirmed, and goes back by itself ${String(seconds)} s after its end; ` +
    'nothing was done, run again then'
  );
}

/** Day and time of the clock. @param seconds since 1970. */
function momentOf(seconds: number): readonly [string, string] {
  const text = new Date(seconds * 1000).toISOString();
  return [text.slice(0, 10), text.slice(11, 19)];
}
