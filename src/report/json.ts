/** An outcome as one JSON document: `report.schema.json` is its schema. */
import type { PlannedChange } from '../model/change';
import { exitCode, type RunOutcome } from '../model/outcome';
import { tally } from './tally';

export function jsonReport(run: RunOutcome): string {
  const document = {
    schema: 'wgpush/report/v1',
    command: run.command,
    inventory: run.inventory,
    exitCode: exitCode(run),
    startedAt: run.startedAt,
    durationMs: run.durationMs,
    summary: tally(run.hosts),
    hosts: run.hosts.map(({ host, outcome, changes, ignored, error }) => ({
      host,
      outcome,
      changes: changes.map(changeDocument),
      ...(ignored === undefined
        ? {}
        : { ignored: ignored.map(({ change, by }) => ({ ...changeDocument(change), by })) }),
      error,
    })),
    checks: run.checks.map(({ id, host, peer, title, status, evidence, ignored }) => ({
      ...{ id, host, peer, title, status, evidence, ignored },
    })),
    ...(run.stopped === undefined ? {} : { stopped: run.stopped }),
    ...(run.oneSided === undefined ? {} : { oneSided: run.oneSided }),
    ...(run.drifting === undefined ? {} : { drifting: run.drifting }),
    ...(run.exposures === undefined ? {} : { exposures: run.exposures }),
    ...(run.handshakes === undefined ? {} : { handshakes: run.handshakes }),
    ...(run.overview === undefined ? {} : { overview: run.overview }),
    ...(run.problems.length > 0 ? { problems: run.problems } : {}),
    ...(run.warnings.length > 0 ? { warnings: run.warnings } : {}),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function changeDocument({ role, resource, summary, before, after }: PlannedChange) {
  return { role, resource, summary, before, after };
}
