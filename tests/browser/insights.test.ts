import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { en } from '../../src/pages/insights/words-en.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { startPages } from '../support/pages.ts';
import type { RealApp } from '../support/real-app.ts';
import { seed } from '../support/seed.ts';
import { type Browser, startBrowser } from './browser.ts';
import { englishShown, expectSound, keepPicture, record, SCREENS, violations, visit } from './visits.ts';

const TODAY = '2026-11-24';
const NOW = new Date(`${TODAY}T12:00:00Z`);
const TOKEN = 'a-long-and-secret-token';
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

/** A tab on the page once it shows a heading. */
async function open(url: string, heading: string, options: BrowserContextOptions = {}) {
  const seen = await visit(browser, url, options);
  await seen.page.getByRole('heading', { name: heading }).waitFor();
  return seen;
}

describe('the page', () => {
  test.each(Object.entries(SCREENS))('%s: it is sound', async (name, options) => {
    const seen = await visit(browser, `${full.url}/insights`, options);
    const { page, close } = seen;
    await page.locator('.facts').waitFor();
    for (const summary of await page.locator('summary').all()) await summary.click();
    await expectSound(seen);
    const isSpanish = name.endsWith('es');
    expect(await page.locator('html').getAttribute('lang')).toBe(isSpanish ? 'es' : 'en');
    if (isSpanish) expect(await englishShown(page, en)).toEqual([]);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await keepPicture(page, `insights-${name}`);
    if (name === 'light') {
      await page.evaluate('scrollTo(0, 0)');
      await record(page, 'insights', 1240);
    }
    await close();
  });

  test('says in words which cards to look at, and shows what the report says', async () => {
    const { page, close } = await open(`${full.url}/insights`, 'Look at these cards');
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
    const { page, close } = await open(`${full.url}/insights`, 'Card by card');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to content');
    for (const name of ['Workbench', 'Knowledge', 'Insights', 'English', 'Español']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe(name);
    }
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
    const nothing = await open(`${empty.url}/insights`, 'No call in scope');
    expect(await violations(nothing.page)).toEqual([]);
    expect(await nothing.page.locator('main').innerText()).toContain('Paste the curl line');
    await keepPicture(nothing.page, 'insights-empty', false);
    await nothing.close();
    const refused = await open(`${full.url}/insights?weeks=999`, 'could not be had', { colorScheme: 'dark' });
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
    const { complaints, close } = await open(`${closed.url}/insights`, 'Card by card', { httpCredentials });
    expect(complaints).toEqual([]);
    await close();
  });
});
