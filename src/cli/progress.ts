/**
 * What a person sees while the hosts are at work: a live view of the phases on a terminal, plain
 * lines elsewhere and with --verbose. Always on stderr, so that stdout holds the report and nothing else.
 */
import type { Listener } from '../executor/event';
import type { Narrator, Say } from './narrator';
import type { Options } from './options';
import { phaseTitle } from './phase-title';
import { transcript } from './transcript';

export async function openProgress(options: Options): Promise<Narrator> {
  const { listen, ...progress } = await progressFor(options);
  let isClosed = false;
  return {
    ...progress,
    listen: (event) => {
      if (!isClosed) listen(event);
    },
    close: () => {
      isClosed = true;
      return progress.close();
    },
  };
}

async function progressFor({ quiet, verbose }: Options): Promise<Narrator> {
  const say: Say = (message) => {
    process.stderr.write(`${message}\n`);
  };
  const close = () => Promise.resolve();
  if (quiet) return { listen: () => undefined, say, close };
  if (verbose || !process.stderr.isTTY) return { listen: plainLines(say, { verbose }), say, close };
  // It costs 50 ms to load, and is worth nothing without a terminal.
  const { liveView } = await import('./live-view.js');
  return liveView();
}

function plainLines(say: Say, { verbose }: Pick<Options, 'verbose'>): Listener {
  return (event) => {
    if (event.kind === 'phase-began') say(`${phaseTitle(event)} …`);
    if (event.kind === 'host-noted') say(`${event.host}: ${event.note}`);
    if (event.kind === 'host-answered' && verbose) say(transcript(event.host, event.exchanges));
    // Why, is for the report to tell.
    if (event.kind === 'host-ended' && event.trouble)
      say(`${event.host}: ${event.trouble.outcome}`);
  };
}
