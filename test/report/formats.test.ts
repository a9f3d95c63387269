/** Reports as programs of others read them: each is read by one that is not ours. */
import type { Check } from '../../src/model/check';
import { deviationsOf } from '../../src/model/deviation';
import type { RunOutcome } from '../../src/model/outcome';
import { jsonReport } from '../../src/report/json';
import { junitReport } from '../../src/report/junit';
import { prometheusReport } from '../../src/report/prometheus';
import { sarifReport } from '../../src/report/sarif';
import { checkReport } from '../report-schema';
import { checkMetrics, checkSarif, junitSuites } from './consumers';
import { runs } from './runs';

function runNamed(name: string): RunOutcome {
  const found = runs[name];
  if (found === undefined) throw new Error(`no run ${name}`);
  return found;
}

const names = Object.keys(runs);

describe('as JUnit XML', () => {
  const suitesOf = (name: string) => junitSuites(junitReport(runNamed(name)));

  it.each(names)('%s is read by junitparser, with the counts it comes to itself', (name) => {
    for (const { cases, tests, failures, errors, skipped } of suitesOf(name)) {
      const of = (kind: string) =>
        cases.filter(({ results }) => results.some((result) => result.kind === kind)).length;
      expect([tests, failures, errors, skipped]).toEqual([
        cases.length,
        ...[of('Failure'), of('Error'), of('Skipped')],
      ]);
    }
  });

  it('has a suite for the inventory and one for each host', () => {
    const suites = suitesOf('two-hundred-hosts');
    expect(suites).toHaveLength(201);
    expect(suites.filter(({ failures }) => failures > 0).map(({ name }) => name)).toEqual([
      'web-78',
    ]);
  });

  it('a change is a failure, and a host that was not reached an error', () => {
    const [, changed, clean, , unreachable] = suitesOf('plan-of-one-host');
    expect(changed).toMatchObject({ name: 'db-1', failures: 4, errors: 0 });
    expect(changed?.cases[2]?.results).toEqual([
      { kind: 'Failure', message: 'not as declared: nobody declared it' },
    ]);
    expect(clean).toMatchObject({ tests: 1, failures: 0, errors: 0 });
    expect(unreachable).toMatchObject({ name: 'cache-1', failures: 0, errors: 1 });
  });

  it('what an apply has changed is no failure, what it could not is one', () => {
    const suites = suitesOf('mixed').map(
      ({ name, failures, errors }) => `${name}: ${String(failures)}, ${String(errors)}`,
    );
    expect(suites).toEqual([
      'inventory: 0, 0',
      'a-1: 0, 1',
      'b-1: 0, 1',
      'c-1: 1, 1',
      'd-1: 0, 0',
      'e-1: 0, 0',
    ]);
  });

  it('a check that was skipped is skipped, and a warning passes and is told', () => {
    const [, suite] = suitesOf('verify-with-all-kinds-of-checks');
    expect(suite).toMatchObject({ tests: 8, failures: 2, skipped: 3 });
    expect(suite?.cases[3]).toMatchObject({ results: [], out: 'warning: refused' });
  });

  it('what is ignored is skipped, with who says so, and its host has passed nothing by it', () => {
    const [, pending, passedOver] = suitesOf('drift-with-ignored');
    expect(pending).toMatchObject({ name: 'db-1', tests: 4, failures: 1, skipped: 2 });
    expect(passedOver).toMatchObject({ name: 'web-1', tests: 2, failures: 0, skipped: 2 });
    const messages = passedOver?.cases.flatMap(({ results }) => results);
    expect(messages?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^ignored by IG-002 until 2026-12-31, .*; IG-003 until/) as string,
      expect.stringMatching(/^ignored by IG-001 until .* \(web-team\): the controller/) as string,
    ]);
  });

  it('an invalid inventory is one suite of errors with their places', () => {
    const suites = suitesOf('an-invalid-inventory');
    expect(suites.map(({ name, errors }) => [name, errors])).toEqual([['inventory', 2]]);
    expect(suites[0]?.cases[0]?.name).toBe('inventory/prod/mesh.yaml:12:5');
  });

  it('strange characters arrive, or as what stands for them', () => {
    const [, suite] = suitesOf('strange-characters');
    expect(suite?.name).toBe('a<b>&"\'');
    expect(suite?.cases[0]?.name).toBe(
      '<&>"\'\\ {0} [a](b) é 🙂 \\x00\\x1b[2J\\x85 \\ud800 \\ufffe\\x0d\n\tend',
    );
  });
});

describe('as SARIF', () => {
  interface Result {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly kind: string;
    readonly level: string;
    readonly message: { readonly text: string };
    readonly locations: readonly unknown[];
    readonly partialFingerprints: Readonly<Record<string, string>>;
    readonly suppressions?: readonly object[];
  }
  interface Run {
    readonly results: readonly Result[];
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly { readonly executionSuccessful: boolean }[];
  }
  const read = (run: RunOutcome): Run => {
    const document = JSON.parse(sarifReport(run)) as { readonly runs: readonly [Run] };
    return document.runs[0];
  };

  it.each(names)('%s is as the schema of OASIS has it', (name) => {
    checkSarif(JSON.parse(sarifReport(runNamed(name))));
    const { results, tool } = read(runNamed(name));
    for (const { ruleId, ruleIndex } of results) {
      expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    }
  });

  it('another document is not', () => {
    expect(() => {
      checkSarif({ version: '2.1.0', runs: [{ results: [] }] });
    }).toThrow('required');
  });

  it('findings are told with their rule and level, and what holds is none', () => {
    const { results } = read(runNamed('verify-with-all-kinds-of-checks'));
    expect(results.map(({ ruleId, kind, level }) => [ruleId, kind, level])).toEqual([
      ['SC-1', 'fail', 'error'],
      ['SC-2', 'fail', 'warning'],
      ['INV-1', 'open', 'none'],
      ['INV-1', 'open', 'none'],
      ['INV-1', 'open', 'none'],
      ['SC-1', 'fail', 'error'],
    ]);
  });

  it('a run that did not see every host was no success', () => {
    const successes = ['drift-clean', 'plan-of-one-host', 'an-invalid-inventory'].map(
      (name) => read(runNamed(name)).invocations[0]?.executionSuccessful,
    );
    expect(successes).toEqual([true, false, false]);
  });

  it('a finding is the same while only its evidence changes, and no two are the same', () => {
    const run = runNamed('drift-of-a-mesh');
    const later = {
      ...run,
      checks: run.checks.map((check) => ({ ...check, evidence: 'the last was 999 s ago' })),
    };
    const prints = (each: RunOutcome) =>
      read(each).results.map(({ partialFingerprints }) => partialFingerprints['wgpush/v1']);
    expect(prints(later)).toEqual(prints(run));
    for (const name of names) {
      const all = prints(runNamed(name));
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('a finding has the signature that a drift knows it by', () => {
    for (const run of Object.values(runs)) {
      const known = deviationsOf(run).map(({ signature }) => signature);
      const told = read(run).results.map(
        ({ partialFingerprints: { 'wgpush/v1': print } }) => print,
      );
      expect(told).toEqual(expect.arrayContaining(known));
    }
  });

  it('a failure that could not be looked at this time is the same finding', () => {
    const run = runNamed('drift-of-a-mesh');
    const printOf = (status: Check['status']) =>
      read({ ...run, hosts: [], checks: run.checks.slice(1).map((each) => ({ ...each, status })) })
        .results[0]?.partialFingerprints;
    expect(printOf('skip')).toEqual(printOf('fail'));
    expect(printOf('warn')).not.toEqual(printOf('fail'));
  });

  it('a mistake in the inventory has its place, and keeps its identity on another line', () => {
    const run = runNamed('an-invalid-inventory');
    const [result] = read(run).results;
    expect(result?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'inventory/prod/mesh.yaml' },
          region: { startLine: 12, startColumn: 5 },
        },
      },
    ]);
    const moved = { ...run, problems: run.problems.map((each) => ({ ...each, line: 99 })) };
    expect(read(moved).results[0]?.partialFingerprints).toEqual(result?.partialFingerprints);
  });

  it('what is ignored is suppressed, and the finding that it was before', () => {
    const run = runNamed('drift-with-ignored');
    const { results } = read(run);
    const told = results.map(({ ruleId, level, suppressions = [] }) => [
      ...[ruleId, level, suppressions.length],
    ]);
    expect(told).toEqual([
      ['drift', 'error', 0],
      ['drift', 'error', 1],
      ['drift', 'error', 2],
      ['SC-2', 'error', 1],
      ['SC-3', 'warning', 1],
    ]);
    expect(results[3]?.suppressions).toEqual([
      {
        kind: 'external',
        status: 'accepted',
        justification:
          "ignored by IG-001 until 2026-12-31, the vendor's agent listens until it is replaced (web-team)",
      },
    ]);
    const before = {
      ...run,
      checks: run.checks.map(({ ignored, ...check }) =>
        ignored === undefined ? check : { ...check, status: ignored.was },
      ),
    };
    expect(read(before).results.map((each) => each.partialFingerprints)).toEqual(
      results.map((each) => each.partialFingerprints),
    );
  });

  it('a message holds no placeholder and no link', () => {
    const [drift] = read(runNamed('strange-characters')).results;
    expect(drift?.message.text).toContain('{{0}} [a\\](b)');
  });
});

describe('as metrics of Prometheus', () => {
  const seriesOf = (name: string) => prometheusReport(runNamed(name)).split('\n');

  it.each(names)('promtool has nothing to say of %s', (name) => {
    const text = prometheusReport(runNamed(name));
    checkMetrics(text);
    const series = text.split('\n').map((line) => line.replace(/ [^ ]*$/, ''));
    const own = series.filter((line) => line.startsWith('wgpush_'));
    expect(new Set(own).size).toBe(own.length);
  });

  it('promtool has something to say of others', () => {
    expect(() => {
      checkMetrics('wgpush_exception_days_left 1\n');
    }).toThrow();
  });

  it('tells of the mesh what an alert needs', () => {
    const of = 'command="drift",inventory="prod"';
    expect(seriesOf('drift-of-a-mesh')).toEqual(
      expect.arrayContaining([
        `wgpush_run_timestamp_seconds{${of}} 1781514000`,
        `wgpush_run_duration_seconds{${of}} 1.234`,
        `wgpush_run_exit_code{${of}} 2`,
        `wgpush_host_drift_changes{${of},host="db-1"} 1`,
        `wgpush_host_drift_changes{${of},host="web-1"} 0`,
        `wgpush_host_outcome{${of},host="db-1",outcome="pending"} 1`,
        `wgpush_host_outcome{${of},host="db-1",outcome="unchanged"} 0`,
        `wgpush_check_status{${of},host="db-1",id="SC-3",status="fail"} 1`,
        `wgpush_check_status{${of},host="db-1",id="SC-3",status="pass"} 0`,
        `wgpush_handshake_age_seconds{${of},host="web-1",peer="db-1"} 7`,
        `wgpush_exception_left_seconds{${of},host="web-1",id="EX-001"} 140400`,
      ]),
    );
  });

  it('an unreachable host is never clean, and nobody was looked at for drift by verify', () => {
    const plan = seriesOf('plan-of-one-host').filter((line) => line.includes('host="cache-1"'));
    expect(plan.filter((line) => line.includes('drift_changes'))).toEqual([]);
    expect(plan).toContain(
      'wgpush_host_unreachable{command="plan",inventory="prod",host="cache-1"} 1',
    );
    const verify = prometheusReport(runNamed('verify-with-all-kinds-of-checks'));
    expect(verify).not.toContain('drift_changes');
  });

  it('what is ignored is neither a fail nor a change, and is counted by its rule', () => {
    const of = 'command="drift",inventory="prod"';
    expect(seriesOf('drift-with-ignored')).toEqual(
      expect.arrayContaining([
        `wgpush_host_drift_changes{${of},host="db-1"} 1`,
        `wgpush_host_drift_changes{${of},host="web-1"} 0`,
        `wgpush_check_status{${of},host="web-1",id="SC-2",status="fail"} 0`,
        `wgpush_check_status{${of},host="web-1",id="SC-2",status="pass"} 0`,
        `wgpush_check_status{${of},host="web-1",id="SC-2",status="ignored"} 1`,
        `wgpush_host_ignored{${of},host="db-1",rule="IG-001"} 1`,
        `wgpush_host_ignored{${of},host="db-1",rule="IG-002"} 1`,
        `wgpush_host_ignored{${of},host="web-1",rule="IG-003"} 1`,
      ]),
    );
    expect(prometheusReport(runNamed('drift-clean'))).not.toContain('wgpush_host_ignored');
  });

  it('an invalid inventory is told by the exit code and by a number', () => {
    const series = seriesOf('an-invalid-inventory');
    expect(series).toContain('wgpush_run_exit_code{command="apply",inventory="prod"} 1');
    expect(series).toContain('wgpush_inventory_mistakes{command="apply",inventory="prod"} 2');
  });
});

it('strange characters are JSON too', () => {
  checkReport(JSON.parse(jsonReport(runNamed('strange-characters'))));
});
