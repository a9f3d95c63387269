/** What a phase is called while it goes on. */
import type { Event } from '../executor/event';

const titles = {
  gather: 'looking at',
  push: 'changing',
  verify: 'verifying',
  knock: 'trying the doors of others from',
} as const;

/** `looking at 3 hosts`. */
export function phaseTitle(event: Extract<Event, { kind: 'phase-began' }>): string {
  return `${titles[event.phase]} ${String(event.hosts)} host${event.hosts === 1 ? '' : 's'}`;
}
