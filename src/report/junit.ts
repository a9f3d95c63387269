/**
 * An outcome as JUnit XML, which CI systems show as tests: the inventory is a suite, and each host is
 * one. What is not as declared is a failure; what kept wgpush from looking is an error.
 */
import type { PlannedChange } from '../model/change';
import type { Check } from '../model/check';
import type { HostOutcome, IgnoredChange, RunOutcome } from '../model/outcome';
import type { Problem } from '../model/problem';
import { escaped } from '../model/secret';
import { ignoredText } from './ignored';

type Result =
  | { readonly kind: 'passed'; readonly said?: string }
  | { readonly kind: 'failure' | 'error'; readonly message: string; readonly body?: string }
  | { readonly kind: 'skipped'; readonly message: string };

interface Case {
  readonly group: string;
  readonly name: string;
  readonly result: Result;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

export function junitReport(run: RunOutcome): string {
  const suites = [inventorySuite(run), ...hostSuites(run)];
  const all = suites.flatMap(({ cases }) => cases);
  const name = `wgpush ${run.command} ${run.inventory}`;
  const time = (run.durationMs / 1000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...counts(all), time })}>`,
    ...suites.map((suite) => suiteXml(suite, run)),
    '</testsuites>\n',
  ].join('\n');
}

function inventorySuite({ problems, warnings }: RunOutcome): Suite {
  const valid: Case = {
    group: 'inventory',
    name: 'the inventory is valid',
    result: { kind: 'passed', ...(warnings.length > 0 ? { said: warnings.join('\n') } : {}) },
  };
  return { name: 'inventory', cases: problems.length > 0 ? problems.map(problemCase) : [valid] };
}

function problemCase({ file, line, column, message }: Problem): Case {
  const name = `${file}:${String(line)}:${String(column)}`;
  return { group: 'inventory', name, result: { kind: 'error', message } };
}

/** Checks can be of hosts that were not looked at: the end of an exception, say. */
function hostSuites({ command, hosts, checks }: RunOutcome): readonly Suite[] {
  const names = new Set([...hosts, ...checks].map(({ host }) => host));
  const byHost = new Map<string, Case[]>([...names].map((name) => [name, []]));
  for (const host of hosts) byHost.get(host.host)?.push(...hostCases(host, command));
  for (const check of checks) byHost.get(check.host)?.push(checkCase(check));
  return [...byHost].map(([name, cases]) => ({ name, cases }));
}

function hostCases(
  { outcome, changes, ignored = [], error }: HostOutcome,
  command: RunOutcome['command'],
): readonly Case[] {
  const passedOver = ignored.map(ignoredCase);
  const changed = changes.map((change) => changeCase(change, { isDone: outcome === 'changed' }));
  const itself = (name: string, result: Result): Case => ({ group: 'host', name, result });
  switch (outcome) {
    case 'unchanged':
      if (passedOver.length > 0) return passedOver;
      return [itself(command === 'verify' ? 'looked at' : 'nothing to change', { kind: 'passed' })];
    case 'changed':
      return changed;
    case 'pending':
      return error === null
        ? [...changed, ...passedOver]
        : [itself(outcome, { kind: 'error', message: error }), ...changed];
    case 'diverged':
      return [itself(outcome, { kind: 'error', message: error ?? '' }), ...changed];
    case 'failed':
    case 'unreachable':
      return [itself(outcome, { kind: 'error', message: error ?? '' })];
  }
}

function changeCase(
  { role, summary, reason, before, after }: PlannedChange,
  { isDone }: { readonly isDone: boolean },
): Case {
  const why = reason === undefined ? '' : `: ${reason}`;
  const body = `before:\n${before}\n\nwanted:\n${after}\n`;
  const wanted: Result = { kind: 'failure', message: `not as declared${why}`, body };
  return { group: role, name: summary, result: isDone ? { kind: 'passed' } : wanted };
}

function ignoredCase({ change: { role, summary }, by }: IgnoredChange): Case {
  return { group: role, name: summary, result: { kind: 'skipped', message: ignoredText(by) } };
}

function checkCase({ id, title, status, evidence, ignored }: Check): Case {
  const why = ignoredText(ignored?.by ?? []);
  const results: Readonly<Record<Check['status'], Result>> = {
    pass: { kind: 'passed' },
    warn: { kind: 'passed', said: `warning: ${evidence}` },
    fail: { kind: 'failure', message: evidence },
    skip: { kind: 'skipped', message: evidence },
    ignored: { kind: 'skipped', message: `${why}: ${evidence}` },
  };
  return { group: id, name: title, result: results[status] };
}

function suiteXml({ name, cases }: Suite, run: RunOutcome): string {
  const head = {
    name,
    ...counts(cases),
    time: '0',
    timestamp: run.startedAt.replace(/\.\d+Z$/, ''),
  };
  return [
    `  <testsuite${attributes(head)}>`,
    ...cases.map((each) => caseXml(each, `${run.inventory}.${name}`)),
    '  </testsuite>',
  ].join('\n');
}

function caseXml({ group, name, result }: Case, place: string): string {
  const head = `    <testcase${attributes({ classname: `${place}.${group}`, name, time: '0' })}`;
  const inner = resultXml(result, group);
  return inner === '' ? `${head}/>` : `${head}>\n      ${inner}\n    </testcase>`;
}

function resultXml(result: Result, group: string): string {
  switch (result.kind) {
    case 'passed':
      return result.said === undefined ? '' : `<system-out>${xml(result.said)}</system-out>`;
    case 'skipped':
      return `<skipped${attributes({ message: result.message })}/>`;
    case 'failure':
    case 'error': {
      const { kind, message, body = message } = result;
      return `<${kind}${attributes({ message, type: group })}>${xml(body)}</${kind}>`;
    }
  }
}

function counts(cases: readonly Case[]) {
  const of = (kind: Result['kind']) =>
    String(cases.filter(({ result }) => result.kind === kind).length);
  return {
    tests: String(cases.length),
    failures: of('failure'),
    errors: of('error'),
    skipped: of('skipped'),
  };
}

function attributes(values: Readonly<Record<string, string>>): string {
  // A reader makes blanks of line ends in an attribute, unless they are written as numbers.
  const value = (text: string) => xml(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
  return Object.entries(values)
    .map(([name, text]) => ` ${name}="${value(text)}"`)
    .join('');
}

/** XML 1.0 has no way to write most control characters, half a surrogate pair, U+FFFE and U+FFFF. */
function xml(text: string): string {
  return escaped(text)
    .replace(/[\ud800-\udfff\ufffe\uffff]/gu, (each) => `\\u${each.charCodeAt(0).toString(16)}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
