import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPages } from '../support/pages.ts';
import type { RealApp } from '../support/real-app.ts';
import { type Browser, startBrowser } from './browser.ts';
import { compressedSize, englishShown, expectSound, keepPicture, record, SCREENS, visit } from './visits.ts';

const MOST_BYTES = 200_000;
const NOTHING = { decisions: async function* () {}, feedback: async function* () {} };

let browser: Browser;
let app: RealApp;
/** With registered clients the pack is open to all, in every installation. */
let registered: RealApp;
beforeAll(async () => {
  app = await startPages('2026-11-24', NOTHING);
  registered = await startPages('2026-11-24', NOTHING, 'a-long-and-secret-token', false);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([app, registered].map((one) => one?.close()));
});

test.each(['light', 'phone-dark-es', 'zoomed'] as const)('%s: the knowledge pages are sound', async (name) => {
  const seen = await visit(browser, `${app.url}/knowledge#trochanteric-injection`, SCREENS[name]);
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

test('leads to the workbench where there is one', async () => {
  const linksOf = async (url: string) => {
    const { page, close } = await visit(browser, `${url}/knowledge`);
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    const names = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts();
    await close();
    return names;
  };
  expect(await linksOf(app.url)).toEqual(['Workbench', 'Knowledge', 'Insights']);
  expect(await linksOf(registered.url)).toEqual(['Knowledge', 'Insights']);
});

test('all pages together stay below what one may need for its first view', () => {
  expect(compressedSize()).toBeGreaterThan(5000);
  expect(compressedSize()).toBeLessThan(MOST_BYTES);
});
