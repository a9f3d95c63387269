/**
 * The live view: one line a phase, with a counter, by listr2.
 *
 * A line for each host would be nicer to three hosts and is ruinous at two hundred: listr2 renders
 * all tasks at every change, on the event loop that does the cryptography.
 */
import { Listr, type ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } from 'listr2';
import type { Event, Listener } from '../executor/event';
import { phaseTitle } from './phase-title';

/** At most ten redraws a second. */
const redrawMs = 100;

export function liveView(): Listener {
  let phase: LivePhase | undefined;
  return (event) => {
    if (event.kind === 'phase-began') phase = beginPhase(event);
    if (event.kind === 'host-ended') phase?.hostEnded(event);
    if (event.kind === 'host-noted') phase?.hostNoted(event);
    if (event.kind === 'phase-ended') phase?.end();
  };
}

interface LivePhase {
  hostEnded(event: Extract<Event, { kind: 'host-ended' }>): void;
  hostNoted(event: Extract<Event, { kind: 'host-noted' }>): void;
  end(): void;
}

function beginPhase(event: Extract<Event, { kind: 'phase-began' }>): LivePhase {
  let ended = 0;
  let troubled = 0;
  /** What was said last. */
  let said = '';
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const output = new ProcessOutput(process.stderr, process.stderr);
  const list = new Listr(
    [
      {
        title: phaseTitle(event),
        task: async (_, task) => {
          const redraw = setInterval(() => {
            task.title = `${phaseTitle(event)}: ${String(ended)} done`;
            task.output = said;
          }, redrawMs);
          await over;
          clearInterval(redraw);
          task.title = `${phaseTitle(event)}: ${summary(event.hosts, troubled)}`;
        },
      },
    ],
    {
      registerSignalListeners: false,
      rendererOptions: {
        logger: new ListrLogger<ListrDefaultRendererLogLevels>({ processOutput: output }),
      },
    },
  );
  void list.run();
  return {
    hostEnded: ({ host, trouble }) => {
      ended += 1;
      if (trouble === undefined) return;
      troubled += 1;
      said = `${host}: ${trouble.error}`;
    },
    hostNoted: ({ host, note }) => {
      said = `${host}: ${note}`;
    },
    end,
  };
}

function summary(hosts: number, troubles: number): string {
  return troubles === 0
    ? 'done'
    : `${String(hosts - troubles)} done, ${String(troubles)} in trouble`;
}
