/** The page for people: what stands in it, and that nothing of what hosts say becomes HTML. */
import type { Check } from '../../src/model/check';
import { follow, type Remembered } from '../../src/model/deviation';
import type { HostOutcome, RunOutcome } from '../../src/model/outcome';
import { htmlReport } from '../../src/report/html';
import { fleetRun, fleetRuns } from './fleet-runs';
import { runs } from './runs';

const shown = { diff: true, commands: false };

const every = { ...runs, ...fleetRuns };

function pageOf(name: string): string {
  const run = every[name];
  if (run === undefined) throw new Error(`no run ${name}`);
  return htmlReport(run, shown);
}

/** What a person reads, in one line, without the stylesheet. */
function textOf(html: string): string {
  const body = html.slice(html.indexOf('<body>'));
  return body
    .replaceAll(/<\/?(a|b|span|time)\b[^>]*>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

const small = Object.keys(every).filter((name) => !name.includes('hundred'));

describe.each(small)('%s', (name) => {
  const html = pageOf(name);

  it('says first how it ended', () => {
    expect(/<h1>([^<]+)<\/h1>/.exec(html)?.[1]).toMatch(/\w/);
    expect(html.indexOf('<h1>')).toBeLessThan(html.indexOf('<main'));
    expect(html).toMatch(/exit code \d/);
  });

  it('asks nothing of any network', () => {
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<(script|img|link|iframe|object)|https?:|@import|url\(/i);
  });

  it('has no style that its policy does not let in', () => {
    expect(html).not.toMatch(/ style="/);
    expect(html.match(/<style>/g)).toHaveLength(1);
  });

  it('has links only to what there is', () => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    const targets = [...html.matchAll(/ href="#([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
  });
});

describe('a verdict', () => {
  const titleOf = (run: RunOutcome) => /<h1>([^<]+)/.exec(htmlReport(run, shown))?.[1];

  it.each([
    ['three hosts, all well', 'Everything that was looked at holds'],
    ['an-invalid-inventory', 'Not valid: 2 mistakes'],
    ['three-hosts-changed', 'As declared'],
    ['two-hundred-hosts-pending', 'Changes are pending: 200 changes on 200 hosts'],
    [
      'three hosts that drifted',
      'Not as declared: 1 host could not be reached; 10 checks do not hold; 4 changes on 1 host',
    ],
  ])('of %s is "%s"', (name, title) => {
    expect(/<h1>([^<]+)/.exec(pageOf(name))?.[1]).toBe(title);
  });

  it('of a run that looked at nothing is not that it holds', () => {
    const hosts: HostOutcome[] = [{ host: 'a', outcome: 'unchanged', changes: [], error: null }];
    const run = fleetRun(['a'], { more: { hosts, checks: [] } });
    expect(titleOf(run)).toBe('Nothing was checked');
    expect(titleOf({ ...run, hosts: [] })).toBe('Nothing was checked');
    expect(titleOf({ ...run, command: 'drift', hosts: [] })).toBe('No host was looked at');
  });
});

describe('a criterion', () => {
  const rowOf = (run: RunOutcome, id: string) =>
    textOf(
      `<body>${new RegExp(`<th role="rowheader" scope="row">(<a [^>]*>)?${id}.*`).exec(htmlReport(run, shown))?.[0] ?? ''}`,
    );
  const well = fleetRun(['a', 'b']);

  it('holds where every check does', () => {
    expect(rowOf(well, 'SC-1')).toContain('✓ holds 4 pass');
  });

  it('that nobody looked at is not checked', () => {
    expect(rowOf(well, 'INV-3')).toContain('· not checked nothing was looked at');
  });

  it.each<[string, RunOutcome]>([
    ['a check could not be made', { ...well, checks: [...well.checks, skipped('SC-2', 'a')] }],
    ['a host was not selected', fleetRun(['a', 'b'], { looked: ['a'] })],
    ['a host could not be reached', fleetRun(['a', 'b'], { down: ['b'] })],
  ])('holds only where looked at, where %s', (_, run) => {
    expect(rowOf(run, 'SC-2')).toContain('– holds where looked at');
  });

  it('does not hold where one check does not', () => {
    expect(rowOf(fleetRun(['a', 'b'], { broken: ['a b'] }), 'SC-1')).toContain(
      '✗ does not hold 1 fail',
    );
  });
});

describe('since the last run', () => {
  const [nine, ten] = ['2026-06-15T09:00:00.000Z', '2026-06-15T10:00:00.000Z'];
  const three = ['db-1', 'web-1', 'web-2'];
  const warned: Check = { ...skipped('INV-1', 'db-1'), status: 'warn', title: 'db-1 listens' };
  const first = fleetRun(three, { command: 'drift', broken: ['web-1 db-1'] });
  const before = { ...first, checks: [...first.checks, warned] };
  const last = follow(before, { present: [], gone: [] }, nine).remembered;
  const down = fleetRun(['cache-1', ...three], { command: 'drift', down: ['cache-1'] });
  const [change] = every['plan-of-one-host']?.hosts[0]?.changes ?? [];
  const now: RunOutcome = {
    ...down,
    hosts: down.hosts.map((each) =>
      each.host === 'web-2' && change !== undefined
        ? { ...each, outcome: 'pending', changes: [change] }
        : each,
    ),
    checks: [...down.checks, warned],
  };
  const pageSince = (run: RunOutcome, remembered: Remembered, time: string) =>
    htmlReport({ ...run, drifting: follow(run, remembered, time).drifting }, shown);

  /** The lines of the section, as they are read. */
  function sectionOf(html: string): readonly string[] {
    const [section = ''] = /<section id="drifting".*?<\/section>/s.exec(html) ?? [];
    const parts = section.split(/<(?:p|tr|caption|details|br)\b[^>]*>/);
    return parts.map((part) => textOf(`<body>${part}`).trim()).filter((line) => line !== '');
  }

  it('what is new comes first, the worst before the rest, and many hosts that say the same are one', () => {
    const html = pageSince(now, last, ten);
    expect(sectionOf(html)).toEqual([
      'Since the last run',
      '11 new; 1 known, the first since 2026-06-15 09:00 UTC; 1 resolved.',
      'New and resolved',
      'State Host Finding Since',
      '✗ new cache-1 cache-1 is unreachable this run',
      '✗ new db-1, web-1, web-2 SC-1 fail: the host reaches cache-1 at 10.50.0.1',
      'SC-1 fail: the host reaches cache-1 at fd50::1',
      'SC-3 fail: the handshake of the host with cache-1 is fresh this run',
      '! new web-2 install: install wireguard-tools, ufw this run',
      '✓ resolved web-1 SC-1 fail: web-1 reaches db-1 at fd50::1 2026-06-15 09:00 UTC',
      '1 known',
      'Known from earlier runs',
      'State Host Finding Since',
      '! known db-1 INV-1 warn: db-1 listens 2026-06-15 09:00 UTC',
    ]);
    expect(textOf(html)).toMatch(/new since the last run; 1 known, 1 resolved 11 hosts:/);
    expect(html.indexOf('id="drifting"')).toBeLessThan(html.indexOf('id="criteria"'));
  });

  it('nothing new is said where all is known', () => {
    const { remembered } = follow(before, last, ten);
    expect(sectionOf(pageSince(before, remembered, ten))).toContain(
      'Nothing is new; 2 known, the first since 2026-06-15 09:00 UTC; 0 resolved.',
    );
  });

  it('there is no word where there is nothing and was nothing, or nobody remembers', () => {
    for (const drifting of [[], undefined]) {
      const run = { ...fleetRun(three, { command: 'drift' }), ...(drifting && { drifting }) };
      expect(textOf(htmlReport(run, shown))).not.toMatch(/last run/);
    }
  });
});

describe('the pairs', () => {
  it('have a reason each, to read and not only to hover', () => {
    const text = textOf(pageOf('three hosts that drifted'));
    expect(text).toMatch(/✗ fail web-1 db-1 v6 fail: no answer to pings in 11 s: a firewall/);
    expect(text).toMatch(/✗ fail db-1, web-1, web-2 cache-1 v4 and v6 fail: no answer/);
  });

  it('that nobody looked at are not checked, and not of the colour of what holds', () => {
    const html = htmlReport(fleetRun(['a', 'b', 'c'], { looked: ['a'] }), shown);
    expect(html).toMatch(
      /<th scope="row">b<td class="none">not checked<td class="x"><td class="none">/,
    );
    expect(html).toContain('class="edge none few"');
    expect(html).not.toContain('class="edge pass few"');
  });

  it('of a hundred hosts are a page of less than a megabyte', () => {
    const html = pageOf('a hundred hosts, one down');
    expect(html.length).toBeLessThan(1_000_000);
    expect(html.match(/<td class="(pass|fail)"/g)).toHaveLength(99 * 99);
  });
});

describe('the picture of the mesh', () => {
  const twenty = Array.from({ length: 20 }, (_, index) => `web-${String(index + 10)}`);

  /** How long each failing line is, of those that have this class too. */
  function lengths(html: string, kind: string): readonly number[] {
    const path = new RegExp(`class="edge fail ${kind}" d="([^"]*)"`).exec(html)?.[1] ?? '';
    return [...path.matchAll(/M(\S+) (\S+?)L(\S+) ([^M]+)/g)].map(([, ...ends]) => {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = ends.map(Number);
      return Math.hypot(x2 - x1, y2 - y1);
    });
  }

  it('cuts the lines of a host that is down short, so that one that fails elsewhere is seen', () => {
    const run = fleetRun(twenty, { down: ['web-13'], broken: ['web-11 web-25'] });
    const html = htmlReport(run, shown);
    const [cut, whole] = [lengths(html, 'many cut'), lengths(html, 'many')];
    expect([cut.length, whole.length]).toEqual([19, 1]);
    expect(Math.max(...cut)).toBeLessThan(Math.max(...whole) / 5);
    expect(textOf(html)).toContain('190 pairs of peers: 20 fail, 170 pass.');
    expect(textOf(html)).toContain('short lines: most pairs of that node');
  });

  it('leaves a few lines as they are', () => {
    const html = htmlReport(fleetRun(twenty.slice(0, 5), { down: ['web-13'] }), shown);
    expect([lengths(html, 'few cut').length, lengths(html, 'few').length]).toEqual([0, 4]);
  });
});

describe('what is public', () => {
  it('is a row for all hosts of which the same is said, with the days that are left', () => {
    const text = textOf(pageOf('three hosts, all well'));
    expect(text).toContain('22/tcp anywhere db-1, web-1, web-2 ssh');
    expect(text).toMatch(
      /443\/tcp anywhere db-1, web-1 EX-001 .* web-team security 2026-12-31 199 /,
    );
    expect(text).toContain('2026-06-30 ! 15');
  });

  it('is not said to be nothing where nobody told', () => {
    expect(textOf(pageOf('plan-of-one-host'))).toContain('not checked What is public is told by');
  });
});

describe('what is ignored', () => {
  it('is a row for each rule, with its owner and its end', () => {
    const text = textOf(pageOf('drift-with-ignored'));
    expect(text).toMatch(
      /IG-001 2 checks web-1, db-1 the vendor's agent [^ ]*.* web-team 2026-12-31 199 /,
    );
    expect(text).toContain('IG-003 1 change web-1 the vendor');
  });

  it('is told where it was found, with the rule', () => {
    const text = textOf(pageOf('drift-with-ignored'));
    expect(text).toMatch(
      /~ ignored .*8080\/tcp of agent at 203\.0\.113\.11 ignored by IG-001 until/,
    );
    expect(text).toMatch(/~ unchanged web-1 1 change ignored .* ~ ignored ignored by IG-002 until/);
    expect(text).toMatch(/handshake ignored: it answered a ping, ignored by IG-001 until/);
  });

  it('is no criterion that holds, and no verdict that all is well', () => {
    const html = pageOf('verify-with-ignored');
    expect(textOf(html)).toContain('~ holds, but for what is ignored 1 ignored, 1 pass');
    expect(/<div class="verdict (\w+)"><h1>([^<]+)/.exec(html)?.slice(1)).toEqual([
      'ignored',
      'Everything that was looked at holds, but for 1 thing that is ignored',
    ]);
    const drift = textOf(pageOf('drift-with-ignored'));
    expect(drift).toContain('~ does not hold, and is ignored 1 ignored');
    expect(drift).toContain('4 ignored.');
  });
});

describe('changes', () => {
  it('of hosts that have the same are shown once, line by line', () => {
    const text = textOf(pageOf('three-hosts-changed'));
    expect(text).toContain('✓ changed db-1, web-1, web-2 2 changes each');
    expect(text.match(/\+ package wireguard-tools/g)).toHaveLength(1);
  });

  it('are shown without lines, or with commands, where that is asked for', () => {
    const run = every['plan-of-one-host'];
    if (run === undefined) throw new Error('no run');
    expect(htmlReport(run, { diff: false, commands: true })).not.toContain('<ins>');
    expect(htmlReport(run, { diff: false, commands: true })).toContain('$ apt-get install');
  });
});

const strange = '</style><script>alert("1")</script>\'&amp;\u001b[2J\u0000\u202e';
const harmless =
  "&lt;/style&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;'&amp;amp;\\x1b[2J\\x00\\u202e";

it('whatever is said, by whomever, stays text', () => {
  const change = { role: strange, resource: strange, summary: strange, reason: strange };
  const host = (name: string): HostOutcome => ({
    host: name,
    outcome: 'diverged',
    changes: [{ ...change, before: `${strange}\n1`, after: `2\n${strange}x`, commands: [] }],
    error: strange,
  });
  const base = fleetRun([strange, 'b'], { down: ['b'], broken: [`${strange} b`] });
  const run: RunOutcome = {
    ...base,
    inventory: strange,
    hosts: [host(strange)],
    checks: base.checks.map((check) => ({ ...check, title: strange, evidence: strange })),
    handshakes: (base.handshakes ?? []).map((one) => ({
      ...one,
      peer: strange,
      endpoint: strange,
    })),
    exposures: (base.exposures ?? []).map((one) => ({ ...one, reason: strange, owner: strange })),
    drifting: [
      {
        ...{ signature: strange, kind: 'check', host: strange, title: strange },
        ...{ state: 'resolved', since: strange },
      },
    ],
    warnings: [strange],
  };
  const html = htmlReport(run, shown);
  expect(html).toContain(harmless);
  expect(html).not.toMatch(/<script|alert\("|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(html.match(/<\/style>/g)).toHaveLength(1);
  const file = { file: strange, line: 1, column: 2, message: strange };
  expect(htmlReport({ ...run, problems: [file] }, shown)).not.toMatch(/<script/);
});

function skipped(id: Check['id'], host: string): Check {
  return { id, host, title: 'x', status: 'skip', evidence: 'there is no bash' };
}
