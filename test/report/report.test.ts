/**
 * Reports as people and programs read them. The texts stand in test/report/text;
 * UPDATE_GOLDEN=1 writes them anew, for review.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import type { Check } from '../../src/model/check';
import type { HostOutcome, RunOutcome } from '../../src/model/outcome';
import { sh } from '../../src/model/shell';
import { jsonReport } from '../../src/report/json';
import { type TextOptions, textReport } from '../../src/report/text';
import { checkReport } from '../report-schema';
import { runs } from './runs';

const plain: TextOptions = { colors: createColors(false), diff: true, commands: false };

function runNamed(name: string): RunOutcome {
  const found = runs[name];
  if (found === undefined) throw new Error(`no run ${name}`);
  return found;
}

describe('as text', () => {
  const cases: readonly (readonly [string, string, Partial<TextOptions>])[] = [
    ...Object.keys(runs).map((name) => [name, name, {}] as const),
    ['plan-of-one-host', 'plan-of-one-host-without-differences', { diff: false }],
    ['plan-of-one-host', 'plan-of-one-host-with-commands', { commands: true, diff: false }],
  ];

  it.each(cases)('%s reads as in %s.txt', (name, golden, options) => {
    // As it arrives in a file: half a surrogate pair cannot be written.
    const text = Buffer.from(textReport(runNamed(name), { ...plain, ...options })).toString();
    const file = join(__dirname, 'text', `${golden}.txt`);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });

  it.each(Object.keys(runs))('%s says the same in colour', (name) => {
    const run = runNamed(name);
    const coloured = textReport(run, { ...plain, colors: createColors(true) });
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(textReport(run, plain));
  });

  it('two hundred hosts that have the same to say are one line', () => {
    expect(textReport(runNamed('two-hundred-hosts'), plain).split('\n').length).toBeLessThan(12);
  });

  it('a host that is down is told of once, however many do not reach it', () => {
    const of = (host: string, peer: string, evidence: string): Check => ({
      ...{ id: 'SC-1', host, peer, title: `${host} reaches ${peer}`, status: 'fail', evidence },
    });
    const others = Array.from({ length: 199 }, (_, index) => `web-${String(index)}`);
    const checks = [
      ...others.map((host) => of(host, 'db-1', 'no answer; it could not be reached in this run')),
      of('web-0', 'web-1', 'no answer; no route'),
    ];
    const text = textReport({ ...runNamed('drift-clean'), checks }, plain);
    const fails = text.split('\n').filter((line) => line.startsWith('  fail'));
    expect(fails).toEqual([
      '  fail  SC-1  web-0 reaches db-1, and 198 more: no answer; it could not be reached in this run',
      '  fail  SC-1  web-0 reaches web-1: no answer; no route',
    ]);
    expect(text).toContain('200 fail');
  });

  it('whoever needs attention comes last', () => {
    const text = textReport(runNamed('mixed'), plain);
    const names = text.split('\n').flatMap((line) => /^([a-e])-1 /.exec(line)?.[1] ?? []);
    expect(names).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('the further lines of an error do not stand where hosts do', () => {
    const text = textReport(runNamed('mixed'), plain);
    expect(text).toContain('E: no space left');
    expect(text).not.toMatch(/^E: aborting/m);
  });

  it.each<[string, Partial<HostOutcome>]>([
    ['an error', { outcome: 'failed', error: 'bad \u001b[2J\u009b news' }],
    ['what a file holds', changeWith({ before: 'a\n\u001b[2J\n', after: 'a\n' })],
    [
      'what a rule is called',
      changeWith({ before: 'a\nallow 22 # \u001b]0;owned\u0007', after: 'a' }),
    ],
    ['a summary', changeWith({ summary: 'remove peer \u001b[2J' })],
    ['a carriage return', changeWith({ before: 'good\rbad\nx', after: 'x' })],
    ['a command', changeWith({ commands: [sh`echo ${'\u001b[2J'}`] })],
  ])('%s moves no cursor on the terminal of the operator', (_, more) => {
    const hosts: HostOutcome[] = [
      { host: 'a', outcome: 'pending', changes: [], error: null, ...more },
    ];
    const text = textReport({ ...runNamed('drift-clean'), hosts }, { ...plain, commands: true });
    expect(text.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g)).toBeNull();
  });

  it('the evidence of a check moves no cursor either', () => {
    const [check] = runNamed('drift-clean').checks;
    if (check === undefined) throw new Error('no check');
    const checks = [{ ...check, status: 'skip', evidence: 'x\u001b[2J' } as const];
    expect(textReport({ ...runNamed('drift-clean'), checks }, plain)).not.toContain('\u001b');
  });

  it('a line that differs is shown, also where the file has a mark of its own', () => {
    const change = changeWith({
      before: 'x\n…\n@@ -1 +1 @@\n- old\n',
      after: 'x\n…\n@@ -1 +1 @@\n+ new\n',
    });
    const hosts = [{ host: 'a', outcome: 'pending', error: null, changes: [], ...change } as const];
    const text = textReport({ ...runNamed('drift-clean'), hosts }, plain);
    expect(text).toContain('- - old');
    expect(text).toContain('+ + new');
    expect(text).toContain('  …');
  });
});

describe('as JSON', () => {
  it.each(Object.keys(runs))('%s is as its schema has it', (name) => {
    const text = jsonReport(runNamed(name));
    expect(() => {
      checkReport(JSON.parse(text));
    }).not.toThrow();
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('holds what a program needs, host by host', () => {
    const document = JSON.parse(jsonReport(runNamed('plan-of-one-host'))) as Record<
      string,
      unknown
    >;
    expect(document).toMatchObject({
      schema: 'wgpush/report/v1',
      command: 'plan',
      inventory: 'prod',
      exitCode: 4,
      summary: {
        hosts: 4,
        pending: 1,
        unchanged: 2,
        unreachable: 1,
        failed: 0,
        changed: 0,
        diverged: 0,
      },
    });
    expect(document['hosts']).toHaveLength(4);
  });

  it('tells of what is ignored apart from what counts, with the rules', () => {
    const by = [{ id: 'IG-002', owner: 'web-team', expires: '2026-12-31' }];
    expect(JSON.parse(jsonReport(runNamed('drift-with-ignored')))).toMatchObject({
      exitCode: 2,
      summary: { pending: 1, unchanged: 2 },
      hosts: [
        { changes: [{ role: 'wireguard' }], ignored: [{ summary: 'remove 1 rule', by }] },
        { outcome: 'unchanged', changes: [], ignored: [{ role: 'firewall' }] },
        {},
      ],
      checks: [
        { status: 'pass' },
        { id: 'SC-2', status: 'ignored', ignored: { was: 'fail', by: [{ id: 'IG-001' }] } },
        { id: 'SC-3', status: 'ignored', ignored: { was: 'warn' } },
      ],
    });
    const parts = { ...runNamed('drift-clean').checks[0], parts: ['x'] } as Check;
    expect(jsonReport({ ...runNamed('drift-clean'), checks: [parts] })).not.toContain('parts');
  });

  it.each<[string, Partial<Check>]>([
    ['is ignored by nobody', { status: 'ignored' }],
    ['holds by a rule', { ignored: { was: 'fail', by: [] } }],
  ])('no check %s', (_, more) => {
    const [check] = runNamed('drift-clean').checks;
    if (check === undefined) throw new Error('no check');
    const text = jsonReport({ ...runNamed('drift-clean'), checks: [{ ...check, ...more }] });
    expect(() => {
      checkReport(JSON.parse(text));
    }).toThrow();
  });

  it('tells of mistakes and warnings only where there are some', () => {
    const keys = (name: string) => Object.keys(JSON.parse(jsonReport(runNamed(name))) as object);
    expect(keys('mixed')).not.toContain('problems');
    expect(keys('an-invalid-inventory')).toContain('problems');
    expect(keys('warnings-and-nothing-else')).toContain('warnings');
  });

  it.each<[string, (document: Record<string, unknown>) => void]>([
    ['an unknown key', (document) => (document['extra'] = 1)],
    ['a missing key', (document) => delete document['summary']],
    ['another schema', (document) => (document['schema'] = 'wgpush/report/v2')],
    ['an unknown command', (document) => (document['command'] = 'destroy')],
    ['an exit code that does not exist', (document) => (document['exitCode'] = 5)],
    [
      'a check that is neither',
      (document) =>
        (document['checks'] = [{ id: 'SC-1', host: 'a', title: '', status: 'ok', evidence: '' }]),
    ],
    [
      'an outcome that does not exist',
      (document) =>
        (document['hosts'] = [{ host: 'a', outcome: 'fine', changes: [], error: null }]),
    ],
    [
      'a host without an error or null',
      (document) => (document['hosts'] = [{ host: 'a', outcome: 'failed', changes: [] }]),
    ],
  ])('%s is no report', (_, spoil) => {
    const document = JSON.parse(jsonReport(runNamed('mixed'))) as Record<string, unknown>;
    spoil(document);
    expect(() => {
      checkReport(document);
    }).toThrow();
  });
});

/** An outcome with one change. */
function changeWith(more: Partial<HostOutcome['changes'][number]>): Partial<HostOutcome> {
  const change = { role: 'r', resource: 'x', summary: 's', before: '', after: '', commands: [] };
  return { changes: [{ ...change, ...more }] };
}
