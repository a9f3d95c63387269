/**
 * An outcome as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), which code scanning shows: a
 * result is what is not as declared, or could not be looked at. What holds is no result.
 */
import type { PlannedChange } from '../model/change';
import type { Check, CheckId } from '../model/check';
import type { IgnoredBy } from '../model/ignored-by';
import { exitCode, type HostOutcome, type RunOutcome } from '../model/outcome';
import type { Problem } from '../model/problem';
import { escaped } from '../model/secret';
import {
  changeSignature,
  checkSignature,
  hostSignature,
  problemSignature,
} from '../model/signature';
import { ignoredText } from './ignored';

type RuleId = CheckId | 'drift' | 'unreachable' | 'failed' | 'inventory';

const rules: Readonly<Record<RuleId, string>> = {
  'SC-1': 'All hosts reach each other by WireGuard address.',
  'SC-2': 'Internal services are unreachable by public and LAN address.',
  'SC-3': 'Handshakes with peers stay active in normal operation.',
  'INV-1': 'Internal services are reachable only over WireGuard.',
  'INV-2': 'Every host has a stable WireGuard address and key, and nobody else has them.',
  'INV-3': 'Traffic of internal services between hosts goes over WireGuard.',
  drift: 'A host is as the inventory declares it.',
  unreachable: 'A host can be reached.',
  failed: 'What is wanted of a host can be asked and carried out.',
  inventory: 'The inventory has no mistakes.',
};

interface Result {
  readonly ruleId: RuleId;
  readonly kind: 'fail' | 'open';
  readonly level: 'error' | 'warning' | 'none';
  readonly message: { readonly text: string };
  readonly locations: readonly object[];
  readonly partialFingerprints: { readonly 'wgpush/v1': string };
  /** Why it does not count (section 3.35). */
  readonly suppressions?: readonly object[];
}

export function sarifReport(run: RunOutcome): string {
  const ids = Object.keys(rules);
  const results = [
    ...run.problems.map(problemResult),
    ...run.hosts.flatMap(hostResults),
    ...run.checks.filter(({ status }) => status !== 'pass').map(checkResult),
  ];
  const isWhole =
    run.problems.length === 0 &&
    run.hosts.every(({ outcome }) => outcome !== 'unreachable' && outcome !== 'failed');
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'wgpush',
            rules: Object.entries(rules).map(([id, text]) => ({ id, shortDescription: { text } })),
          },
        },
        automationDetails: { id: `wgpush/${run.command}/${run.inventory}/` },
        invocations: [
          {
            executionSuccessful: isWhole,
            exitCode: exitCode(run),
            startTimeUtc: run.startedAt,
          },
        ],
        results: results.map((result) => ({ ...result, ruleIndex: ids.indexOf(result.ruleId) })),
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function problemResult(problem: Problem): Result {
  const { file, line, column, message } = problem;
  const region = { startLine: line, startColumn: column };
  const artifactLocation = { uri: file.split('/').map(encodeURIComponent).join('/') };
  return {
    ...found('inventory', message, problemSignature(problem)),
    locations: [{ physicalLocation: { artifactLocation, region } }],
  };
}

function hostResults(own: HostOutcome): readonly Result[] {
  const { host, outcome, changes, ignored = [], error } = own;
  const at = { locations: [placeOf(host)] };
  const end = `${host}: ${error ?? ''}`;
  const driftOf = (change: PlannedChange) => {
    const why = change.reason === undefined ? '' : ` (${change.reason})`;
    const signature = changeSignature(host, change);
    return { ...found('drift', `${host}: ${change.summary}${why}`, signature), ...at };
  };
  const drifts = changes.map(driftOf);
  const suppressed = ignored.map(({ change, by }) => ({ ...driftOf(change), ...suppressedBy(by) }));
  switch (outcome) {
    case 'changed':
      return [];
    case 'unchanged':
      return suppressed;
    case 'pending':
      return [...drifts, ...suppressed];
    case 'diverged':
      return [{ ...found('failed', end, hostSignature(own)), ...at }, ...drifts];
    case 'failed':
    case 'unreachable':
      return [{ ...found(outcome, end, hostSignature(own)), ...at }];
  }
}

function checkResult(check: Check): Result {
  const { id, host, title, evidence, ignored } = check;
  const status = ignored?.was ?? check.status;
  // Not looked at, a failure of before is neither there nor gone: it stays the same finding.
  const signature = checkSignature(check, status === 'skip' ? 'fail' : status);
  const result = {
    ...found(id, `${title}: ${evidence}`, signature),
    locations: [placeOf(host)],
    ...(ignored === undefined ? {} : suppressedBy(ignored.by)),
  };
  if (status === 'warn') return { ...result, level: 'warning' };
  // Whether it holds is open; SARIF has no level for such a result (section 3.27.10).
  return status === 'skip' ? { ...result, kind: 'open', level: 'none' } : result;
}

/** Suppressed beside the result, by rules that somebody answers for. */
function suppressedBy(rules: readonly IgnoredBy[]) {
  return {
    suppressions: rules.map((rule) => ({
      kind: 'external',
      status: 'accepted',
      justification: plain(ignoredText([rule])),
    })),
  };
}

/** @param signature what makes it the same finding in the next run, in whichever format that is told. */
function found(ruleId: RuleId, text: string, signature: string) {
  return {
    ruleId,
    kind: 'fail',
    level: 'error',
    message: { text: plain(text) },
    partialFingerprints: { 'wgpush/v1': signature },
  } as const;
}

function placeOf(host: string) {
  return { logicalLocations: [{ name: host, fullyQualifiedName: host, kind: 'resource' }] };
}

/** Braces are placeholders in a message, and brackets can be links (section 3.11). */
function plain(text: string): string {
  return escaped(text).replace(/[{}]/g, '$&$&').replaceAll('](', '\\](');
}
