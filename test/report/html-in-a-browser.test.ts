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
  'plan-of-one-host',
  'mixed',
  'a-valid-inventory',
  'an-invalid-inventory',
];

const wide = { width: 1280, height: 900 };
const narrow = { width: 390, height: 800 };

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
    for (const viewport of [wide, narrow]) {
      await page.setViewportSize(viewport);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(viewport.width);
    }
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
