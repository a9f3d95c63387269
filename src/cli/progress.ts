/**
 * What a person sees while the hosts are at work: a live view of the phases on a terminal, plain
 * lines elsewhere. Always on stderr, so that stdout holds the report and nothing else.
 */
import type { Listener } from '../executor/event';
import type { Options } from './options';
import { phaseTitle } from './phase-title';

export interface Progress {
  readonly listen: Listener;
  /** Says something that will stand. */
  readonly say: (message: string) => void;
}

export async function openProgress({ quiet }: Options): Promise<Progress> {
  const say = (message: string): void => {
    process.stderr.write(`${message}\n`);
  };
  if (quiet) return { listen: () => undefined, say };
  if (!process.stderr.isTTY) return { listen: plainLines(say), say };
  // It costs 50 ms to load, and is worth nothing without a terminal.
  const { liveView } = await import('./live-view.js');
  return { listen: liveView(), say };
}

function plainLines(say: (message: string) => void): Listener {
  return (event) => {
    if (event.kind === 'phase-began') say(`${phaseTitle(event)} …`);
    if (event.kind === 'host-noted') say(`${event.host}: ${event.note}`);
    // Why, is for the report to tell.
    if (event.kind === 'host-ended' && event.trouble)
      say(`${event.host}: ${event.trouble.outcome}`);
  };
}
