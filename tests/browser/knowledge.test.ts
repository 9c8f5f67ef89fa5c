import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPages } from '../support/pages.ts';
import type { RealApp } from '../support/real-app.ts';
import { startWorkbench } from '../support/workbench.ts';
import { type Browser, startBrowser } from './browser.ts';
import { bytesSent, englishShown, expectFitting, expectSound, keepPicture, record, SCREENS, visit } from './visits.ts';

const MOST_BYTES = 200_000;
const NOTHING = { decisions: async function* () {}, feedback: async function* () {} };

let browser: Browser;
let app: RealApp;
/** With registered clients the pack is open to all, in every installation. */
let registered: RealApp;
let tokenless: RealApp;
beforeAll(async () => {
  app = await startPages('2026-11-24', NOTHING);
  registered = await startPages('2026-11-24', NOTHING, 'a-long-and-secret-token', false);
  tokenless = await startPages('2026-11-24', NOTHING, undefined, false);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([app, registered, tokenless].map((one) => one?.close()));
});

/** How far from the top of the screen a part begins. */
const topOf = (page: Page, id: string): Promise<number> =>
  page.evaluate(`Math.abs(document.getElementById('${id}').getBoundingClientRect().top)`);

/** How elements look in one respect, each way once. */
const looksOf = (page: Page, selector: string, property: string): Promise<string[]> =>
  page.evaluate(
    `[...new Set([...document.querySelectorAll('${selector}')].map((one) => getComputedStyle(one).${property}))]`,
  );

test.each(Object.entries(SCREENS))('%s: the knowledge pages are sound', async (name, options) => {
  const seen = await visit(browser, `${app.url}/knowledge#trochanteric-injection`, options);
  const { page, close } = seen;
  await page.locator('#trochanteric-injection[open]').waitFor();
  const isSpanish = name.endsWith('es');
  const text = await page.locator('#trochanteric-injection').innerText();
  expect(text).toContain(isSpanish ? 'Pruebe 8 semanas de educación' : 'Try 8 weeks of load education');
  expect(await page.locator('#trochanteric-injection .bullets .bullets li').count()).toBeGreaterThan(10);
  expect(await page.locator('html').getAttribute('lang')).toBe(isSpanish ? 'es' : 'en');
  expect(await page.title()).toBe(isSpanish ? 'Conocimiento · Rehab First' : 'Knowledge · Rehab First');
  await expectSound(seen);
  await keepPicture(page, `knowledge-${name}`, false);
  await page.evaluate("for (const one of document.querySelectorAll('.part')) one.open = true");
  await page.locator('#open-doubts .entry').first().waitFor();
  await expectFitting(page);
  if (isSpanish) expect(await englishShown(page)).toEqual([]);
  if (name === 'light') {
    await page.evaluate('scrollTo(0, 0)');
    await record(page, 'knowledge', 900);
  }
  await close();
});

test('finds numbers and cards, follows links to conditions, and speaks the languages of the pack', async () => {
  const { page, close } = await visit(browser, `${app.url}/knowledge`);
  await page.getByRole('heading', { name: 'Numbers', exact: true }).waitFor();
  await page.getByLabel('Find').fill('trochanteric.weeks');
  await expect.poll(() => page.locator('#numbers tbody tr').count()).toBe(1);
  await page.getByLabel('Find').fill('');
  await page.goto(`${app.url}/knowledge#adequate-care`);
  await page.locator('#adequate-care[open]').waitFor();
  await page.getByRole('button', { name: 'Español' }).click();
  await page.getByRole('heading', { name: 'Números', exact: true }).waitFor();
  expect(await page.locator('.document').getAttribute('lang')).toBe('es');
  await page.locator('#adequate-care[open]').waitFor();
  await page.goto(`${app.url}/knowledge?lang=en`);
  await page.getByRole('heading', { name: 'Numbers', exact: true }).waitFor();
  await close();
});

test('a search says how much it found, opens it, and gives way to a link', async () => {
  const { page, close } = await visit(browser, `${app.url}/knowledge`);
  const status = page.locator('.finder [role=status]');
  await status.waitFor({ state: 'attached' });
  expect(await status.innerText()).toBe('');
  await page.getByLabel('Find').fill('early-lumbar-mri');
  await expect.poll(() => status.innerText()).toMatch(/^\d+ entries$/);
  await page.getByLabel('Find').fill('nowhere to be found');
  await expect.poll(() => status.innerText()).toBe('Nothing holds these words.');
  await page.getByLabel('Find').fill('early-lumbar-mri');
  const link = page.locator('#early-lumbar-mri a[href="#imaging-risk"]').first();
  await link.click();
  await page.locator('#imaging-risk[open]').waitFor();
  expect(await page.getByLabel('Find').inputValue()).toBe('');
  await expect.poll(() => topOf(page, 'imaging-risk')).toBeLessThan(100);
  await close();
});

test('a link opens what was closed again, as often as it is followed', async () => {
  const { page, close } = await visit(browser, `${app.url}/knowledge`);
  const link = page.getByRole('navigation', { name: 'Contents' }).getByRole('link', { name: 'Numbers' });
  for (const _ of [1, 2]) {
    await link.click();
    await page.locator('#numbers[open]').waitFor();
    await page.locator('#numbers > summary').click();
    await page.locator('#numbers:not([open])').waitFor();
  }
  await close();
});

test('is an overview, and a part is found by the same address in every language', async () => {
  const { page, close } = await visit(browser, `${app.url}/knowledge`, { locale: 'es' });
  await page.getByRole('heading', { name: 'Números', exact: true }).waitFor();
  expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThan(10_000);
  await page.goto(`${app.url}/knowledge#value-set%73`);
  await page.locator('#value-sets[open]').waitFor();
  await expect.poll(() => topOf(page, 'value-sets')).toBeLessThan(100);
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Value sets', exact: true }).waitFor();
  await page.locator('#value-sets[open]').waitFor();
  expect(await page.locator('#value-sets h3').count()).toBeGreaterThan(100);
  await page.goto(`${app.url}/knowledge#%`);
  await page.getByRole('heading', { name: 'Numbers', exact: true }).waitFor();
  await close();
});

test('numbers say in words how they stand, and lead to their sources', async () => {
  const { page, close } = await visit(browser, `${app.url}/knowledge#numbers`);
  const table = page.locator('#numbers table');
  await table.locator('.badge', { hasText: 'choice of this project' }).first().waitFor();
  expect(await table.innerText()).not.toContain('project-choice');
  expect(await table.locator('td:last-child a[href^="https://doi.org/"]').count()).toBeGreaterThan(10);
  await page.getByLabel('Find').fill('Coombes, Lancet 2010');
  const source = page.locator('#sources a').first();
  expect(await source.getAttribute('href')).toMatch(/S0140-6736%2810%2961160-9$/);
  await close();
});

test('what is chosen stands out where the system chooses the colours', async () => {
  const { page, close } = await visit(browser, `${app.url}/knowledge`, { forcedColors: 'active' });
  await page.getByRole('button', { name: 'English' }).waitFor();
  expect(await looksOf(page, '.switch button', 'backgroundColor')).toHaveLength(2);
  expect(await looksOf(page, '.masthead nav a', 'borderBottomColor')).toHaveLength(2);
  await close();
});

test('leads to the workbench where there is one, and to insights that somebody may see', async () => {
  const linksOf = async (url: string) => {
    const { page, close } = await visit(browser, `${url}/knowledge`);
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    const names = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts();
    await close();
    return names;
  };
  expect(await linksOf(app.url)).toEqual(['Workbench', 'Knowledge', 'Insights']);
  expect(await linksOf(registered.url)).toEqual(['Knowledge', 'Insights']);
  expect(await linksOf(tokenless.url)).toEqual(['Knowledge']);
});

test('the first view of the workbench is had for few bytes', async () => {
  const workbench = await startWorkbench('2026-11-24');
  const { page, close } = await visit(browser, workbench.url);
  await page.locator('.cds-card').waitFor();
  const sent = await bytesSent(page);
  expect(sent).toBeGreaterThan(20_000);
  expect(sent).toBeLessThan(MOST_BYTES);
  await close();
  await workbench.close();
});
