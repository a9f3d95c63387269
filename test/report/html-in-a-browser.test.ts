/**
 * The page in a real Chromium: what it logs and asks for, and what axe-core finds of the rules that
 * keyboards and screen readers live by (WCAG 2.2, A and AA).
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { source as axe } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { RunOutcome } from '../../src/model/outcome';
import { htmlReport } from '../../src/report/html';
import { fleetRuns } from './fleet-runs';
import { runs } from './runs';

/** Debian's own: no browser is downloaded. */
const executablePath = '/usr/bin/chromium';

const names = [
  'three hosts, all well',
  'three hosts that drifted',
  'a hundred hosts, one down',
  'a hundred hosts behind three hubs',
  'verify-with-all-kinds-of-checks',
  'drift-with-ignored',
  'plan-of-one-host',
  'mixed',
  'a-valid-inventory',
  'an-invalid-inventory',
];

const wide = { width: 1280, height: 900 };
const between = { width: 840, height: 900 };
const narrow = { width: 400, height: 800 };
/** A4 across, without its margins, in CSS pixels. */
const paper = { width: 1031, height: 703 };

/** CI is to have a browser; elsewhere its absence is told. */
const canRun = existsSync(executablePath) || process.env['CI'] === 'true';
if (!canRun) console.warn(`there is no ${executablePath}: the page is not tried in a browser`);

(canRun ? describe : describe.skip)('in Chromium', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wgpush-page-'));
  let browser: Browser;

  beforeAll(async () => {
    // As root it refuses to start with its sandbox; it is shown nothing but these pages.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser.close();
    rmSync(directory, { recursive: true });
  });

  it.each(names)('the page of %s is quiet, fits, and can be used by all', async (name) => {
    const page = await browser.newPage({ viewport: wide });
    const { said, asked } = listened(page);
    const address = written(name);
    await page.goto(address);
    expect(said).toEqual([]);
    expect(asked).toEqual([address]);
    // A policy that did not fit its stylesheet would leave the page bare.
    expect(await page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight")).toBe(
      '650',
    );
    expect(await levels(page)).toEqual([]);
    await page.evaluate(axe);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    for (const viewport of [wide, between, narrow]) {
      await page.setViewportSize(viewport);
      expect(await sideways(page)).toEqual([]);
    }
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize(paper);
    expect(await sideways(page)).toEqual([]);
    await page.close();
  });

  it('a table is one for a screen reader, however narrow the page is', async () => {
    const page = await browser.newPage({ viewport: wide });
    await page.goto(written('three hosts that drifted'));
    const columns = await tableRoles(page);
    await page.setViewportSize(narrow);
    expect(await page.evaluate("getComputedStyle(document.querySelector('td')).display")).not.toBe(
      'table-cell',
    );
    expect(await tableRoles(page)).toEqual(columns);
    expect(columns.filter((role) => role === 'cell').length).toBeGreaterThan(40);
    await page.close();
  });

  it('whoever goes by the keyboard sees where they are', async () => {
    const page = await browser.newPage({ viewport: narrow });
    await page.goto(written('three hosts that drifted'));
    const stops: unknown[] = [];
    do {
      await page.keyboard.press('Tab');
      stops.push(await page.evaluate(focused));
    } while (stops.at(-1) !== 'body');
    expect(stops.filter((stop) => stop === 'nothing to see')).toEqual([]);
    expect(stops.length).toBeGreaterThan(10);
    await page.close();
  });

  it('a hundred hosts are few sheets of paper, and their pairs are one', async () => {
    const page = await browser.newPage();
    await page.goto(written('a hundred hosts, one down'));
    const file = await page.pdf({ preferCSSPageSize: true });
    expect(file.toString('latin1').match(/\/Type ?\/Page\b/g)?.length).toBeLessThanOrEqual(5);
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize(paper);
    const height = await page.evaluate(
      "document.querySelector('.matrix').getBoundingClientRect().bottom - document.querySelector('#pairs').getBoundingClientRect().top",
    );
    expect(height).toBeLessThanOrEqual(paper.height);
    expect(await page.isVisible('nav')).toBe(false);
    await page.close();
  });

  it('the first key leads past the header', async () => {
    const page = await browser.newPage({ viewport: wide });
    await page.goto(written('three hosts, all well'));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.close();
  });

  function written(name: string): string {
    const run: RunOutcome | undefined = fleetRuns[name] ?? runs[name];
    if (run === undefined) throw new Error(`no run ${name}`);
    const file = join(directory, `${name}.html`);
    writeFileSync(file, htmlReport(run, { diff: true, commands: true }));
    return pathToFileURL(file).href;
  }
});

function listened(page: Page): { readonly said: string[]; readonly asked: string[] } {
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  return { said, asked };
}

/** Headings that skip a level, or a second one of the first. */
function levels(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const all = [...document.querySelectorAll('h1,h2,h3,h4')];
    const levels = all.map((one) => Number(one.tagName[1]));
    return all
      .filter((_, at) => (at === 0 ? levels[at] !== 1 : levels[at] === 1 || levels[at] > levels[at - 1] + 1))
      .map((one) => one.outerHTML);
  })()`);
}

/** What scrolls sideways or stands over the edge; the pair matrix may scroll, in a box with a name. */
function sideways(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const edge = document.documentElement.clientWidth;
    const boxes = [...document.querySelectorAll('body, body *')].filter((one) =>
      one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX));
    const over = [...document.querySelectorAll('body *')].filter((one) =>
      !one.closest('.scroll') && one.getBoundingClientRect().right > edge + 1);
    return [document.documentElement.scrollWidth > edge ? document.documentElement : [], ...boxes, ...over]
      .flat()
      .filter((one) => one.getAttribute('aria-label') !== 'Pair matrix')
      .map((one) => one.outerHTML.slice(0, 200));
  })()`);
}

/** The roles that Chromium tells of what stands in tables. */
async function tableRoles(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .map(({ role }) => String(role?.value))
    .filter((role) => /^(table|row|cell|rowheader|columnheader)$/.test(role))
    .toSorted();
}

/** What has the focus, or that nobody could tell. */
const focused = `(() => {
  const one = document.activeElement;
  if (one === document.body) return 'body';
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const { right } = one.getBoundingClientRect();
  return outlineStyle === 'none' || outlineWidth === '0px' || right <= 0 ? 'nothing to see' : one.tagName;
})()`;

/** What axe-core calls serious or worse. */
async function violations(page: Page): Promise<unknown> {
  // Of ten thousand cells of one kind, the contrast of a few says it all; each costs a layout.
  return page.evaluate(`(async () => {
    const rows = [...document.querySelectorAll('table.large tbody tr')].slice(3);
    rows.forEach((row) => row.remove());
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html, failureSummary }) => [html.slice(0, 300), failureSummary])]);
  })()`);
}
