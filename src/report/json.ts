/** An outcome as one JSON document: `report.schema.json` is its schema. */
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
    hosts: run.hosts.map(({ host, outcome, changes, error }) => ({
      host,
      outcome,
      changes: changes.map(({ role, resource, summary, before, after }) => ({
        role,
        resource,
        summary,
        before,
        after,
      })),
      error,
    })),
    checks: run.checks,
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
