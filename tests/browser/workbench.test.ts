import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAGES_DIR } from '../support/pages.ts';
import { startWorkbench, type WorkbenchApp } from '../support/workbench.ts';
import { ARTEFACTS, type Browser, startBrowser } from './browser.ts';

const TODAY = '2026-11-24';
const MOST_BYTES = 200_000;
const WIDE: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const SCREENS: Readonly<Record<string, BrowserContextOptions>> = {
  light: WIDE,
  dark: { ...WIDE, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
};
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let browser: Browser;
let app: WorkbenchApp;
beforeAll(async () => {
  app = await startWorkbench(TODAY);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
});

/** A tab, whose complaints and hosts are kept. */
async function visit(path: string, options: BrowserContextOptions = WIDE) {
  const context = await browser.open({ reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => message.type() !== 'log' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(`${app.url}${path}`);
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
const card = (page: Page) => page.locator('article.cds-card');

describe('the workbench', () => {
  test.each(Object.entries(SCREENS))(
    '%s: no violation, no complaint, nothing to scroll sideways',
    async (name, options) => {
      const { page, complaints, hosts, close } = await visit('/', options);
      await card(page).waitFor();
      await page.screenshot({ path: join(ARTEFACTS, `workbench-${name}.png`), fullPage: name !== 'phone' });
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
      await page.locator('.wire textarea').first().waitFor();
      expect(await violations(page)).toEqual([]);
      const [needed, given] = await widths(page);
      expect(needed).toBeLessThanOrEqual(given);
      expect(complaints).toEqual([]);
      expect([...hosts]).toEqual([new URL(app.url).host]);
      await close();
    },
  );

  test('at 200 % nothing is cut off', async () => {
    const { page, close } = await visit('/', { viewport: { width: 640, height: 450 } });
    await card(page).waitFor();
    const [needed, given] = await widths(page);
    expect(needed).toBeLessThanOrEqual(given);
    await close();
  });

  test('accepting applies the actions to the drafts, keeps feedback, and the order is quiet until it is forgotten', async () => {
    const { page, close } = await visit('/?patient=gluteal-no-rehab');
    const before = await feedbackKept();
    await page.getByRole('button', { name: 'Refer to physiotherapy and remove this order' }).click();
    await page.getByText('Feedback is kept').waitFor();
    expect(await feedbackKept()).toBe(before + 1);
    const drafts = page.locator('section.drafts');
    expect(await drafts.locator('del').innerText()).toBe('US-guided large joint or bursa injection');
    expect(await drafts.getByText('new', { exact: true }).count()).toBeGreaterThan(0);
    await page.screenshot({ path: join(ARTEFACTS, 'workbench-accepted.png'), fullPage: true });
    await page.getByRole('radio', { name: 'Sign' }).check();
    await page.getByText('so the card is not repeated').waitFor();
    await page.getByRole('button', { name: 'Forget the answer' }).click();
    await card(page).waitFor();
    await close();
  });

  test('overriding sends the reason and the comment', async () => {
    const { page, close } = await visit('/?patient=discectomy-no-care');
    const sent = page.waitForRequest((request) => request.url().endsWith('/feedback'));
    await page.getByText('Keep the order as it is').click();
    await page.locator('.override select').selectOption({ index: 1 });
    await page.locator('.override input').fill('seen last week');
    await page.getByRole('button', { name: 'Override' }).click();
    const [item] = ((await sent).postDataJSON() as { feedback: Record<string, unknown>[] }).feedback;
    expect(item).toMatchObject({
      outcome: 'overridden',
      overrideReason: {
        reason: { code: expect.stringMatching(/./), system: expect.stringMatching(/^https/) },
        userComment: 'seen last week',
      },
    });
    await page.getByText('Overridden. Feedback is kept.').waitFor();
    await close();
  });

  test('the same card comes from prefetch and from FHIR reads; with neither the call is refused', async () => {
    const { page, close } = await visit('/?patient=sciatica-acute-severe');
    const summary = await card(page).locator('h3').innerText();
    await page.getByRole('radio', { name: 'FHIR reads' }).check();
    await page.waitForResponse((response) => response.url().endsWith('/workbench/explain'));
    expect(await card(page).locator('h3').innerText()).toBe(summary);
    await page.getByRole('radio', { name: 'None' }).check();
    await page.getByText('The call was answered 412').waitFor();
    expect(await violations(page)).toEqual([]);
    await close();
  });

  test('a change of the chart changes the answer at once', async () => {
    const { page, close } = await visit('/?patient=gluteal-no-rehab');
    await card(page).waitFor();
    const flag = page.getByRole('checkbox', { name: /red flag/ });
    await flag.check();
    await page.getByText('Silent: cauda equina signs.').waitFor();
    await page.screenshot({ path: join(ARTEFACTS, 'workbench-red-flag.png'), fullPage: true });
    await flag.uncheck();
    await card(page).waitFor();
    await page.getByLabel(/Add physiotherapy/).check();
    await page.getByText('Silent: adequate conservative care.').waitFor();
    expect(await page.locator('.pathway li.done').first().innerText()).toContain('Education');
    await page.getByLabel('The call comes').selectOption('52');
    await page.locator('.timeline').waitFor();
    await close();
  });

  test('says why and why not, and shows the evidence in the chart', async () => {
    const { page, close } = await visit('/?patient=gluteal-third-steroid');
    await card(page).waitFor();
    const why = page.locator('section.why');
    expect(await why.innerText()).toContain('cards about other kinds of order');
    expect(await page.locator('.timeline .mark.is-seen').count()).toBeGreaterThan(0);
    await why.locator('.pointer').first().click();
    expect(await why.locator('.pointer[aria-pressed=true]').count()).toBe(1);
    await page.locator('#timeline').getByText('As a table').click();
    await expect.poll(() => page.locator('#timeline tbody tr').count()).toBeGreaterThan(5);
    await close();
  });

  test('takes an order typed by hand, and speaks Spanish', async () => {
    const { page, close } = await visit('/?patient=gluteal-no-rehab');
    await card(page).waitFor();
    await page.getByRole('radio', { name: 'Español' }).check();
    await page.locator('article[lang=es]').waitFor();
    expect(await card(page).innerText()).toContain('En esta historia');
    await page.screenshot({ path: join(ARTEFACTS, 'workbench-es.png'), fullPage: true });
    await page.getByText('Change it').click();
    const typed = '<img src=x> **bold** [link](javascript:alert)';
    await page.getByLabel('What is ordered').fill(typed);
    await expect.poll(() => card(page).locator('.detail').innerText()).toContain('<img src=x> **bold** [link]');
    expect(await card(page).locator('img, a[href^=javascript]').count()).toBe(0);
    await page.getByLabel('What is ordered').fill('complete blood count');
    await page.getByLabel('Code', { exact: true }).fill('');
    await page.getByText('No card is about this order').waitFor();
    await close();
  });

  test('copies the call as a curl that answers the same', async () => {
    const { page, close } = await visit('/?patient=quick-look', {
      ...WIDE,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await card(page).waitFor();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied').waitFor();
    const curl = (await page.evaluate('navigator.clipboard.readText()')) as string;
    const { stdout } = await promisify(execFile)('sh', ['-c', curl]);
    const [answered] = (JSON.parse(stdout) as { cards: { summary: string }[] }).cards;
    expect(answered?.summary).toBe(await card(page).locator('h3').innerText());
    await close();
  });

  test('says that the service is gone', async () => {
    const { page, close } = await visit('/');
    await card(page).waitFor();
    await page.route('**/cds-services/**', (route) => route.abort());
    await page.getByRole('radio', { name: 'Sign' }).check();
    await page.getByText('The service does not answer.').waitFor();
    await close();
  });

  test('is worked by the keyboard alone', async () => {
    const { page, close } = await visit('/');
    await card(page).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to content');
    await page.getByLabel('Patient').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForURL(/patient=gluteal-completed-programme/);
    await page.getByText('Silent: adequate conservative care.').waitFor();
    await close();
  });
});

describe('the knowledge pages', () => {
  test.each(Object.entries(SCREENS).filter(([name]) => name !== 'dark'))(
    '%s: no violation, no complaint, nothing to scroll sideways',
    async (name, options) => {
      const { page, complaints, close } = await visit('/knowledge#trochanteric-injection', options);
      await page.locator('#trochanteric-injection[open]').waitFor();
      expect(await page.locator('#trochanteric-injection').innerText()).toContain('Try 8 weeks of load education');
      expect(await violations(page)).toEqual([]);
      const [needed, given] = await widths(page);
      expect(needed).toBeLessThanOrEqual(given);
      expect(complaints).toEqual([]);
      await page.screenshot({ path: join(ARTEFACTS, `knowledge-${name}.png`) });
      await close();
    },
  );

  test('finds numbers and cards, and follows links to conditions', async () => {
    const { page, close } = await visit('/knowledge');
    await page.getByRole('heading', { name: 'Numbers', exact: true }).waitFor();
    await page.getByLabel('Find').fill('trochanteric.weeks');
    await expect.poll(() => page.locator('#numbers tbody tr').count()).toBe(1);
    await page.getByLabel('Find').fill('');
    await page.goto(`${app.url}/knowledge#adequate-care`);
    await page.locator('#adequate-care[open]').waitFor();
    await page.getByLabel('Language').selectOption('es');
    await expect.poll(() => page.locator('.document').getAttribute('lang')).toBe('es');
    await close();
  });
});

test.each(['workbench', 'knowledge'])('the first view of %s stays small', (name) => {
  const page = join(PAGES_DIR, `${name}/index.html`);
  const all = readdirSync(join(PAGES_DIR, 'assets')).map((file) => join(PAGES_DIR, 'assets', file));
  const bytes = [page, ...all].reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  expect(bytes).toBeGreaterThan(5000);
  expect(bytes).toBeLessThan(MOST_BYTES);
});

async function feedbackKept(): Promise<number> {
  let count = 0;
  for await (const _ of app.store.feedback({ since: new Date(0), until: new Date('2100-01-01') })) count += 1;
  return count;
}
