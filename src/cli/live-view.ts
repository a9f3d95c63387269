/**
 * The live view: one line a phase, with a counter, by listr2.
 *
 * A line for each host would be nicer to three hosts and is ruinous at two hundred: listr2 renders
 * all tasks at every change, on the event loop that does the cryptography.
 */
import { Listr, type ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } from 'listr2';
import type { Event } from '../executor/event';
import type { Narrator } from './narrator';
import { phaseTitle } from './phase-title';

/** At most ten redraws a second. */
const redrawMs = 100;

export function liveView(): Narrator {
  let phase: LivePhase | undefined;
  return {
    listen: (event) => {
      if (event.kind === 'phase-began') phase = beginPhase(event);
      if (event.kind === 'host-ended') phase?.hostEnded(event);
      if (event.kind === 'host-noted') phase?.say(`${event.host}: ${event.note}`);
      if (event.kind === 'phase-ended') phase?.end();
    },
    // What is written meanwhile is kept by listr2 until the phase has ended.
    say: (message) => {
      phase?.say(message);
      process.stderr.write(`${message}\n`);
    },
    close: async () => {
      phase?.end();
      await phase?.ended;
    },
  };
}

interface LivePhase {
  hostEnded(event: Extract<Event, { kind: 'host-ended' }>): void;
  say(message: string): void;
  /** Done as far as it has come. */
  end(): void;
  /** The last of it is drawn, and the cursor is there again. */
  readonly ended: Promise<unknown>;
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
          task.title = `${phaseTitle(event)}: ${summary(event.hosts, ended, troubled)}`;
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
  return {
    hostEnded: ({ host, trouble }) => {
      ended += 1;
      if (trouble === undefined) return;
      troubled += 1;
      said = `${host}: ${trouble.error}`;
    },
    say: (message) => {
      said = message;
    },
    end,
    ended: list.run(),
  };
}

function summary(hosts: number, ended: number, troubled: number): string {
  if (ended === hosts && troubled === 0) return 'done';
  const left = ended < hosts ? `, ${String(hosts - ended)} not` : '';
  const trouble = troubled > 0 ? `, ${String(troubled)} in trouble` : '';
  return `${String(ended - troubled)} done${trouble}${left}`;
}
