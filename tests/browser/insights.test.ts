import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { PAGES_DIR, startPages } from '../support/pages.ts';
import type { RealApp } from '../support/real-app.ts';
import { seed } from '../support/seed.ts';
import { ARTEFACTS, type Browser, startBrowser } from './browser.ts';

const TODAY = '2026-11-24';
const NOW = new Date(`${TODAY}T12:00:00Z`);
const TOKEN = 'a-long-and-secret-token';
const MOST_BYTES = 200_000;
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const dir = mkdtempSync(join(tmpdir(), 'rehab-first-pages-'));

let browser: Browser;
let stores: Store[];
let full: RealApp;
let empty: RealApp;
let closed: RealApp;

beforeAll(async () => {
  const clock = () => NOW;
  stores = [
    await openStore({ dataDir: join(dir, 'full') }, { clock }),
    await openStore({ dataDir: join(dir, 'empty') }, { clock }),
  ];
  const [busy, idle] = stores as [Store, Store];
  await seed(busy, loadKnowledge({ dir: 'cards' }), NOW);
  full = await startPages(TODAY, busy);
  empty = await startPages(TODAY, idle);
  closed = await startPages(TODAY, busy, TOKEN);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([full, empty, closed].map((app) => app?.close()));
  await Promise.all((stores ?? []).map((store) => store.close()));
  rmSync(dir, { recursive: true, force: true });
});

const SCREENS: Readonly<Record<string, BrowserContextOptions>> = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  'phone-dark': { viewport: { width: 360, height: 740 }, isMobile: true, colorScheme: 'dark' },
};

/** A tab on the page, whose complaints are kept. */
async function visit(url: string, options: BrowserContextOptions, heading: string) {
  const context = await browser.open({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => message.type() !== 'log' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(url);
  await page.getByRole('heading', { name: heading }).waitFor();
  return { page, complaints, hosts, close: () => context.close() };
}

/** Axe runs past the page's policy, which lets in no script but its own. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axePath, 'utf8'));
  const { violations, passes } = (await page.evaluate('axe.run(document)')) as AxeResults;
  expect(passes.length, 'rules that axe looked at').toBeGreaterThan(15);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

const widths = (page: Page) =>
  page.evaluate('[document.documentElement.scrollWidth, innerWidth]') as Promise<[number, number]>;

describe('the page', () => {
  test.each(Object.entries(SCREENS))(
    '%s: no violation, no complaint, nothing to scroll sideways',
    async (name, options) => {
      const { page, complaints, hosts, close } = await visit(`${full.url}/insights`, options, 'Card by card');
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await violations(page)).toEqual([]);
      const [needed, given] = await widths(page);
      expect(needed).toBeLessThanOrEqual(given);
      expect(complaints).toEqual([]);
      expect([...hosts]).toEqual([new URL(full.url).host]);
      for (const summary of await page.locator('summary').all()) await summary.click();
      await page.screenshot({ path: join(ARTEFACTS, `insights-${name}.png`), fullPage: true });
      await close();
    },
  );

  test('at 200 % nothing is cut off', async () => {
    const { page, close } = await visit(
      `${full.url}/insights`,
      { viewport: { width: 640, height: 450 } },
      'Card by card',
    );
    const [needed, given] = await widths(page);
    expect(needed).toBeLessThanOrEqual(given);
    await close();
  });

  test('says in words which cards to look at, and shows what the report says', async () => {
    const { page, close } = await visit(`${full.url}/insights`, SCREENS.light ?? {}, 'Look at these cards');
    const report = (await (await fetch(`${full.url}/insights/data.json`)).json()) as {
      funnel: Record<string, number>;
      review: { total: number };
      cards: { signals: { says: string }[] }[];
    };
    const text = await page.locator('main').innerText();
    for (const { says } of report.cards.flatMap(({ signals }) => signals)) expect(text).toContain(says);
    for (const count of [report.funnel.inScope, report.funnel.fired, report.funnel.shown])
      expect(text).toContain(`${count}`);
    expect(text).toContain('Retire or retune');
    expect(await page.locator('svg[role=img]').getAttribute('aria-label')).toMatch(/\d+ cards shown over 12 weeks/);
    await page.getByRole('button', { name: `Show all ${report.review.total}` }).click();
    expect(await page.locator('section:has(h2:text("Says the chart lacks")) tbody tr').count()).toBe(
      report.review.total,
    );
    await close();
  });

  test('is worked by the keyboard alone', async () => {
    const { page, close } = await visit(`${full.url}/insights`, SCREENS.light ?? {}, 'Card by card');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to content');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(/weeks=4/);
    await page.getByText('2 Nov 2026 to 24 Nov 2026').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByLabel('From').fill('2026-10-01');
    await page.getByLabel('To').fill('2026-10-31');
    await page.getByLabel('To').press('Enter');
    await page.waitForURL(/since=2026-10-01&until=2026-10-31/);
    await page.getByText('1 Oct 2026 to 31 Oct 2026').waitFor();
    await page.reload();
    await page.getByText('1 Oct 2026 to 31 Oct 2026').waitFor();
    await close();
  });

  test('says what to do when there is nothing, and when the service refuses', async () => {
    const nothing = await visit(`${empty.url}/insights`, SCREENS.light ?? {}, 'No call in scope');
    expect(await violations(nothing.page)).toEqual([]);
    expect(await nothing.page.locator('main').innerText()).toContain('Paste the curl line');
    await nothing.page.screenshot({ path: join(ARTEFACTS, 'insights-empty.png') });
    await nothing.close();
    const refused = await visit(`${full.url}/insights?weeks=999`, SCREENS.dark ?? {}, 'could not be had');
    expect(await refused.page.getByRole('alert').innerText()).toContain('from 1 to 156');
    expect(await violations(refused.page)).toEqual([]);
    await refused.close();
  });

  test('behind the admin token, a browser logs in with it', async () => {
    const context = await browser.open();
    const page = await context.newPage();
    expect((await page.goto(`${closed.url}/insights`))?.status()).toBe(401);
    await context.close();
    const httpCredentials = { username: 'anybody', password: TOKEN };
    const { complaints, close } = await visit(`${closed.url}/insights`, { httpCredentials }, 'Card by card');
    expect(complaints).toEqual([]);
    await close();
  });
});

test('the first view stays small', () => {
  const files = [
    join(PAGES_DIR, 'insights/index.html'),
    ...readdirSync(join(PAGES_DIR, 'assets')).map((name) => join(PAGES_DIR, 'assets', name)),
  ];
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  expect(bytes).toBeGreaterThan(5000);
  expect(bytes).toBeLessThan(MOST_BYTES);
});
