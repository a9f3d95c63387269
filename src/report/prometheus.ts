/**
 * An outcome for the textfile collector of Prometheus' node_exporter.
 *
 * Every series names command and inventory, because the collector reads all files of a directory as
 * one and no series may be there twice. What was not looked at has no series: a 0 would say `clean`.
 */
import { daysBetween } from '../model/day';
import { groupedBy } from '../model/grouping';
import { exitCode, type HostOutcome, type RunOutcome } from '../model/outcome';
import { escaped } from '../model/secret';
import { tally } from './tally';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export function prometheusReport(run: RunOutcome): string {
  const { command, inventory } = run;
  return [...runMetrics(run), ...hostMetrics(run), ...meshMetrics(run)]
    .map((metric) => metricText(metric, { command, inventory }))
    .join('');
}

function runMetrics(run: RunOutcome): readonly Metric[] {
  const one = (name: string, help: string, value: number): Metric => ({
    name: `wgpush_${name}`,
    help,
    samples: [{ labels: {}, value }],
  });
  return [
    one('run_timestamp_seconds', 'When the run began, Unix time.', unixSeconds(run.startedAt)),
    one('run_duration_seconds', 'How long the run took.', run.durationMs / 1000),
    one('run_exit_code', 'What the run ended with; 0 is as wanted.', exitCode(run)),
    one('inventory_mistakes', 'Mistakes in the inventory.', run.problems.length),
  ];
}

function hostMetrics({ command, hosts, checks }: RunOutcome): readonly Metric[] {
  const isCompared = command === 'plan' || command === 'apply' || command === 'drift';
  const outcomes = Object.keys(tally([])).filter((name) => name !== 'hosts');
  const checked = new Map<string, Sample & { value: number }>();
  for (const { host, id } of checks) {
    for (const status of ['pass', 'warn', 'fail', 'skip', 'ignored']) {
      checked.set(JSON.stringify([host, id, status]), { labels: { host, id, status }, value: 0 });
    }
  }
  for (const { host, id, status } of checks) {
    const sample = checked.get(JSON.stringify([host, id, status]));
    if (sample !== undefined) sample.value += 1;
  }
  return [
    {
      name: 'wgpush_host_drift_changes',
      help: 'Changes that the host still needs, but what is ignored; none where it could not be told.',
      samples: isCompared ? hosts.flatMap(driftOf) : [],
    },
    {
      name: 'wgpush_host_unreachable',
      help: 'Could the host not be reached?',
      samples: hosts.map(({ host, outcome }) => ({
        labels: { host },
        value: outcome === 'unreachable' ? 1 : 0,
      })),
    },
    {
      name: 'wgpush_host_outcome',
      help: 'How the run ended on the host: 1 for the outcome that holds.',
      samples: hosts.flatMap(({ host, outcome: own }) =>
        outcomes.map((outcome) => ({ labels: { host, outcome }, value: outcome === own ? 1 : 0 })),
      ),
    },
    {
      name: 'wgpush_check_status',
      help: 'How many checks of the host have this status, by what of the RFC they serve.',
      samples: [...checked.values()],
    },
    {
      name: 'wgpush_host_ignored',
      help: 'Changes and checks of the host that do not count, by the ignore rule that says so.',
      samples: ignoredSamples({ hosts, checks }),
    },
  ];
}

function ignoredSamples({
  hosts,
  checks,
}: Pick<RunOutcome, 'hosts' | 'checks'>): readonly Sample[] {
  const all = [
    ...hosts.flatMap(({ host, ignored = [] }) => ignored.map(({ by }) => ({ host, by }))),
    ...checks.flatMap(({ host, ignored }) =>
      ignored === undefined ? [] : { host, by: ignored.by },
    ),
  ].flatMap(({ host, by }) => by.map(({ id: rule }) => ({ host, rule })));
  return groupedBy(all, (labels) => JSON.stringify(labels)).map((group) => ({
    labels: group[0],
    value: group.length,
  }));
}

function driftOf({ host, outcome, changes }: HostOutcome): readonly Sample[] {
  switch (outcome) {
    case 'unchanged':
    case 'changed':
      return [{ labels: { host }, value: 0 }];
    case 'pending':
    case 'diverged':
      return [{ labels: { host }, value: changes.length }];
    case 'failed':
    case 'unreachable':
      return [];
  }
}

function meshMetrics({
  startedAt,
  handshakes = [],
  exposures = [],
}: RunOutcome): readonly Metric[] {
  return [
    {
      name: 'wgpush_handshake_age_seconds',
      help: 'Since the last handshake, by the clock of the host; none where there never was one.',
      samples: handshakes.flatMap(({ host, peer, ageSeconds }) =>
        ageSeconds === null ? [] : { labels: { host, peer }, value: ageSeconds },
      ),
    },
    {
      name: 'wgpush_exception_left_seconds',
      help: 'Until the end of the last day of an exception, in UTC.',
      samples: exposures.flatMap(({ host, by: id, expires }) =>
        expires === null
          ? []
          : { labels: { host, id }, value: endOf(expires) - unixSeconds(startedAt) },
      ),
    },
  ];
}

/** An exception of several ports is several exposures, and must be one series. */
function metricText({ name, help, samples }: Metric, labels: Sample['labels']): string {
  if (samples.length === 0) return '';
  const series = new Map(
    samples.map((sample) => [labelText({ ...labels, ...sample.labels }), String(sample.value)]),
  );
  const lines = [...series].map(([text, value]) => `${name}{${text}} ${value}\n`);
  return [`# HELP ${name} ${help}\n`, `# TYPE ${name} gauge\n`, ...lines].join('');
}

/** Prometheus escapes only these three; line ends and other control characters would break a line. */
function labelText(labels: Sample['labels']): string {
  return Object.entries(labels)
    .map(([name, value]) => {
      const text = escaped(value).replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
      return `${name}="${text}"`;
    })
    .join(',');
}

/** The first second after the day. */
function endOf(day: string): number {
  return (daysBetween('1970-01-01', day) + 1) * 24 * 60 * 60;
}

/** Of an ISO 8601 time in UTC. */
function unixSeconds(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.slice(11, -1).split(':').map(Number);
  const days = daysBetween('1970-01-01', time.slice(0, 10));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
