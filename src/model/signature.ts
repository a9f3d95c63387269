/**
 * What a finding of a run is known again by in the next one.
 *
 * It is of what the finding is and not of how long it has been so: of a check what was to hold, and not
 * the evidence, which may tell ages and times; of a change the lines that differ, so that another rule
 * in the same firewall is another drift; of a host how it ended, and not the error's words.
 */
import { createHash } from 'node:crypto';
import { differingLines, type PlannedChange } from './change';
import type { Check } from './check';
import type { HostOutcome } from './outcome';
import type { Problem } from './problem';

/** What begins as a warning and comes to fail is news. @param status as if the check had ended so. */
export function checkSignature(
  { id, host, peer, title, status: own }: Check,
  status: Check['status'] = own,
): string {
  return signed(['check', id, host, peer ?? '', title, status]);
}

export function changeSignature(host: string, change: PlannedChange): string {
  const { role, resource, summary } = change;
  return signed(['change', host, role, resource, summary, ...differingLines(change)]);
}

export function hostSignature({ host, outcome }: Pick<HostOutcome, 'host' | 'outcome'>): string {
  return signed(['host', host, outcome]);
}

/** Of a mistake in the inventory, on whichever line it comes to stand. */
export function problemSignature({ file, message }: Problem): string {
  return signed(['problem', file, message]);
}

/** 16 hexadecimal digits of a sha256. */
function signed(identity: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
}
