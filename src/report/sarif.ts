/**
 * An outcome as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), which code scanning shows: a
 * result is what is not as declared, or could not be looked at. What holds is no result.
 */
import { createHash } from 'node:crypto';
import type { Check, CheckId } from '../model/check';
import { exitCode, type HostOutcome, type RunOutcome } from '../model/outcome';
import type { Problem } from '../model/problem';
import { escaped } from '../model/secret';

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

function problemResult({ file, line, column, message }: Problem): Result {
  const region = { startLine: line, startColumn: column };
  const artifactLocation = { uri: file.split('/').map(encodeURIComponent).join('/') };
  return {
    ...found('inventory', message, [file, message]),
    locations: [{ physicalLocation: { artifactLocation, region } }],
  };
}

function hostResults({ host, outcome, changes, error }: HostOutcome): readonly Result[] {
  const at = { locations: [placeOf(host)] };
  const drifts = changes.map(({ role, resource, summary, reason }) => ({
    ...found('drift', `${host}: ${summary}${reason === undefined ? '' : ` (${reason})`}`, [
      ...[host, role, resource, summary],
    ]),
    ...at,
  }));
  switch (outcome) {
    case 'unchanged':
    case 'changed':
      return [];
    case 'pending':
      return drifts;
    case 'diverged':
      return [{ ...found('failed', `${host}: ${error ?? ''}`, [host]), ...at }, ...drifts];
    case 'failed':
    case 'unreachable':
      return [{ ...found(outcome, `${host}: ${error ?? ''}`, [host]), ...at }];
  }
}

function checkResult({ id, host, peer = '', title, status, evidence }: Check): Result {
  const result = {
    ...found(id, `${title}: ${evidence}`, [host, peer, title]),
    locations: [placeOf(host)],
  };
  if (status === 'warn') return { ...result, level: 'warning' };
  // Whether it holds is open; SARIF has no level for such a result (section 3.27.10).
  return status === 'skip' ? { ...result, kind: 'open', level: 'none' } : result;
}

/**
 * @param identity what makes it the same finding in the next run. The evidence is no part of it: ages
 * and counts change from run to run.
 */
function found(ruleId: RuleId, text: string, identity: readonly string[]) {
  const hash = createHash('sha256').update(JSON.stringify([ruleId, ...identity]));
  return {
    ruleId,
    kind: 'fail',
    level: 'error',
    message: { text: plain(text) },
    partialFingerprints: { 'wgpush/v1': hash.digest('hex') },
  } as const;
}

function placeOf(host: string) {
  return { logicalLocations: [{ name: host, fullyQualifiedName: host, kind: 'resource' }] };
}

/** Braces are placeholders in a message, and brackets can be links (section 3.11). */
function plain(text: string): string {
  return escaped(text).replace(/[{}]/g, '$&$&').replaceAll('](', '\\](');
}
