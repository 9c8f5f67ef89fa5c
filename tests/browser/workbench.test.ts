import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { en } from '../../src/pages/workbench/words-en.ts';
import { readRequest } from '../support/fixtures.ts';
import { startWorkbench, type WorkbenchApp } from '../support/workbench.ts';
import { type Browser, startBrowser } from './browser.ts';
import { englishShown, expectSound, keepPicture, record, SCREENS, violations, visit } from './visits.ts';

const TODAY = '2026-11-24';
/** What the page says; what it writes into a chart may stand there too. */
const ENGLISH = { ...en, edits: { ...en.edits, added: {} } };
let browser: Browser;
let app: WorkbenchApp;
beforeAll(async () => {
  app = await startWorkbench(TODAY);
  await warmUp();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
});

const open = (path: string, options: BrowserContextOptions = {}) => visit(browser, `${app.url}${path}`, options);
/** Pictures show how long a call took: that is to be said of a service that has been running. */
async function warmUp(): Promise<void> {
  const body = JSON.stringify(readRequest('order-select/gluteal-no-rehab.json'));
  const headers = { 'content-type': 'application/json' };
  for (const path of ['/cds-services/rehab-first-order-select', '/workbench/explain'])
    for (let call = 0; call < 30; call += 1) {
      const { status } = await fetch(`${app.url}${path}`, { method: 'POST', headers, body });
      expect(status).toBe(200);
    }
}

const card = (page: Page) => page.locator('article.cds-card');

describe('the workbench', () => {
  test.each(Object.entries(SCREENS))('%s: it is sound', async (name, options) => {
    const seen = await open('/', options);
    const { page, close } = seen;
    await card(page).waitFor();
    await keepPicture(page, `workbench-${name}`);
    if (name === 'light') await record(page, 'card', 1275);
    if (name === 'dark-es') await record(page, 'spanish', 1300);
    if (name === 'phone') await record(page, 'phone', 1800);
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
    await page.locator('.wire textarea').first().waitFor();
    await expectSound(seen);
    const isSpanish = name.endsWith('es');
    expect(await page.locator('html').getAttribute('lang')).toBe(isSpanish ? 'es' : 'en');
    expect(await card(page).getAttribute('lang')).toBe(isSpanish ? 'es' : 'en');
    if (isSpanish) expect(await englishShown(page, ENGLISH)).toEqual([]);
    await close();
  });

  test('accepting applies the actions to the drafts, keeps feedback, and the order is quiet until it is forgotten', async () => {
    const { page, close } = await open('/?patient=gluteal-no-rehab');
    const before = await feedbackKept();
    await page.getByRole('button', { name: 'Refer to physiotherapy and remove this order' }).press('Enter');
    await page.getByText('Feedback is kept').waitFor();
    expect(await feedbackKept()).toBe(before + 1);
    const drafts = page.locator('section.drafts');
    expect(await drafts.locator('del').innerText()).toBe('US-guided large joint or bursa injection');
    expect(await drafts.getByText('new', { exact: true }).count()).toBeGreaterThan(0);
    expect(await page.locator('.pathway').innerText()).not.toContain('ordered');
    await record(page, 'accepted', 1400);
    expect(await page.evaluate('[document.activeElement.className, scrollY]')).toEqual(['said', 0]);
    const signed = page.waitForRequest((request) => request.url().endsWith('-order-sign'));
    await page.getByRole('radio', { name: 'Sign' }).check();
    const { context } = (await signed).postDataJSON() as { context: { draftOrders: { entry: object[] } } };
    expect(context.draftOrders.entry).toEqual([
      { resource: expect.objectContaining({ code: expect.objectContaining({ text: 'Physiotherapy referral' }) }) },
    ]);
    await page.locator('.silence', { hasText: 'No card is about this order' }).waitFor();
    await page.getByRole('button', { name: 'Start over' }).click();
    await page.locator('.silence', { hasText: 'so the card is not repeated' }).waitFor();
    const first = page.locator('.card-why').first();
    expect(await first.locator('> summary').innerText()).toContain('fires · not repeated: answered not long ago');
    await page.getByRole('button', { name: 'Forget the answer' }).press('Enter');
    await card(page).waitFor();
    expect(await page.evaluate('document.activeElement.className')).toBe('results');
    await close();
  });

  test('says that nothing could be copied', async () => {
    const { page, complaints, close } = await open('/?patient=quick-look');
    await card(page).waitFor();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('The browser lets nothing be copied').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('overriding sends the reason and the comment', async () => {
    const { page, close } = await open('/?patient=discectomy-no-care');
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
    const { page, close } = await open('/?patient=sciatica-acute-severe');
    const summary = await card(page).locator('h3').innerText();
    await page.getByRole('radio', { name: 'FHIR reads' }).check();
    await page.waitForResponse((response) => response.url().endsWith('/workbench/explain'));
    expect(await card(page).locator('h3').innerText()).toBe(summary);
    expect(await page.getByText('Chart edits do not reach it').count()).toBe(2);
    await page.getByRole('radio', { name: 'None' }).check();
    await page.locator('.silence', { hasText: 'The call was answered 412' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await close();
  });

  test('a change of the chart changes the answer at once', async () => {
    const { page, close } = await open('/?patient=gluteal-no-rehab');
    await card(page).waitFor();
    const flag = page.getByRole('checkbox', { name: /red flag/ });
    await flag.check();
    await page.locator('.silence', { hasText: 'Silent: cauda equina signs.' }).waitFor();
    await record(page, 'red-flag', 1960);
    await flag.uncheck();
    await card(page).waitFor();
    await page.getByLabel(/Add physiotherapy/).check();
    await page.locator('.silence', { hasText: 'Silent: adequate conservative care.' }).waitFor();
    expect(await page.locator('.pathway li.done').allInnerTexts()).toEqual([expect.stringContaining('Exercise')]);
    await record(page, 'after-rehabilitation', 2060);
    await page.getByLabel('The call comes').selectOption('52');
    await page.locator('.timeline').waitFor();
    await close();
  });

  test('an entry takes another date, the answer follows, and it gets its own date back', async () => {
    const { page, close } = await open('/?patient=sciatica-urinary-retention');
    await page.locator('.silence', { hasText: 'Silent: cauda equina signs.' }).waitFor();
    await page.locator('#timeline').getByText('As a table, to change dates').click();
    await page.getByLabel('Date of Urinary retention').fill('2026-06-01');
    await card(page).waitFor();
    await page.getByRole('button', { name: 'Give back its date: Urinary retention' }).click();
    await page.locator('.silence', { hasText: 'Silent: cauda equina signs.' }).waitFor();
    await close();
  });

  test('after rehabilitation it is silent, and says why not', async () => {
    const { page, close } = await open('/?patient=gluteal-completed-programme');
    await page.locator('.silence', { hasText: 'Silent: adequate conservative care.' }).waitFor();
    await page.getByRole('link', { name: 'See why not' }).click();
    await page.waitForURL(/#why$/);
    const why = page.locator('section.why');
    expect(await why.locator('.card-why').first().innerText()).toContain('Silenced by: adequate conservative care.');
    const evidence = why.locator('.tree li.holds', { hasText: 'physiotherapy' }).getByRole('button').first();
    expect(await evidence.innerText()).toMatch(/^\d+ entries in the chart$/);
    expect(await page.locator('.pathway li.is-next').allInnerTexts()).toEqual([
      expect.stringContaining('Infiltration'),
    ]);
    await close();
  });

  test('where nothing is next, the ladder says why', async () => {
    const lead = (page: Page) => page.locator('.ladder .lead').innerText();
    const urgent = await open('/?patient=radiofrequency-urgent');
    await urgent.page.locator('.silence', { hasText: 'Silent: urgent order.' }).waitFor();
    expect(await lead(urgent.page)).toBe('Nothing is next here. Silent: urgent order.');
    await urgent.close();
    const plasma = await open('/?patient=prp-after-programme&lang=es');
    const summary = await card(plasma.page).locator('h3').innerText();
    expect(await lead(plasma.page)).toBe(`Aquí no hay un paso siguiente. La tarjeta dice: «${summary}».`);
    expect(await plasma.page.locator('.pathway li', { hasText: 'Ejercicio' }).innerText()).toMatch(
      /suficiente · 14 fechas, la última \d/,
    );
    await plasma.close();
  });

  test('goes on in Spanish where it was in English, and stays so', async () => {
    const { page, close } = await open('/?patient=axial-back-pain-epidural');
    await card(page).waitFor();
    await page.getByRole('radio', { name: 'Sign' }).check();
    await page.getByRole('combobox', { name: 'Order', exact: true }).selectOption({ label: 'lumbar fusion' });
    await page.getByRole('button', { name: 'Español' }).click();
    await page.locator('article[lang=es]').waitFor();
    expect(await card(page).innerText()).toContain('Solicitado: fusión lumbar.');
    expect(await page.getByRole('radio', { name: 'Al firmar' }).isChecked()).toBe(true);
    expect(await page.getByRole('combobox', { name: 'Solicitud', exact: true }).inputValue()).toBe('lumbar-fusion');
    expect(await card(page).innerText()).toContain('En esta historia');
    await page.getByText('Cambiarla').click();
    await page.getByLabel('Qué se solicita').fill('fusión lumbar L4-L5');
    await page.getByRole('button', { name: 'English' }).click();
    await page.locator('article[lang=en]').waitFor();
    expect(await card(page).innerText()).toContain('Ordered: fusión lumbar L4-L5.');
    await page.getByRole('button', { name: 'Español' }).click();
    await page.locator('article[lang=es]').waitFor();
    await page.goto(`${app.url}/`);
    await page.getByRole('heading', { name: 'Lo que ve el médico' }).waitFor();
    await close();
  });

  test.each([
    'gluteal-third-steroid',
    'back-pain-fusion-five-visits',
    'sciatica-acute-severe',
    'sciatica-urinary-retention',
    'piriformis-pregnant',
  ])('is all in Spanish but for what stands in the chart: %s', async (patient) => {
    const { page, close } = await open(`/?patient=${patient}&lang=es`);
    await page.locator('.timeline').waitFor();
    expect(await englishShown(page, ENGLISH)).toEqual([]);
    await page.getByLabel(/Añadir un signo de alarma/).check();
    await page.getByLabel(/Añadir fisioterapia/).check();
    await page.locator('.silence', { hasText: 'Silencio: signos de cola de caballo.' }).waitFor();
    await expect.poll(() => page.locator('#timeline tbody').innerText()).toContain('Retención urinaria');
    expect(await englishShown(page, ENGLISH)).toEqual([]);
    await page.getByRole('radio', { name: 'Ninguno' }).check();
    await page
      .locator('.silence', { hasText: 'ni se envió ni se pudo leer: /prefetch/patient, /prefetch/conditions' })
      .waitFor();
    await keepPicture(page, `spanish-${patient}`);
    await close();
  });

  test('says why and why not, and shows the evidence in the chart', async () => {
    const { page, close } = await open('/?patient=gluteal-third-steroid');
    await card(page).waitFor();
    const why = page.locator('section.why');
    expect(await why.innerText()).toContain('cards about other orders or reasons');
    expect(await page.locator('.timeline .mark.is-seen').count()).toBeGreaterThan(0);
    const sessions = why.getByRole('button', { name: '4 entries in the chart' });
    await sessions.first().click();
    expect(await why.locator('.pointer[aria-expanded=true]').count()).toBe(1);
    expect(await why.locator('.entries').innerText()).toContain(
      'Large joint or bursa injection: 24 Feb 2026 · 24 Jun 2026',
    );
    await expect.poll(() => page.locator('.timeline .mark.is-seen').count()).toBe(4);
    await sessions.first().click();
    expect(await why.locator('.entries').count()).toBe(0);
    expect(await why.innerText()).toContain('found: gluteal tendinopathy · in the order');
    await page.locator('#timeline').getByText('As a table, to change dates').click();
    await expect.poll(() => page.locator('#timeline tbody tr').count()).toBeGreaterThan(5);
    await close();
  });

  test('takes an order typed by hand, as text and nothing else', async () => {
    const { page, close } = await open('/?patient=gluteal-no-rehab');
    await card(page).waitFor();
    await page.getByText('Change it').click();
    const typed = '<img src=x> **bold** [link](javascript:alert)';
    await page.getByLabel('What is ordered').fill(typed);
    await expect.poll(() => card(page).locator('.detail').innerText()).toContain('<img src=x> **bold** [link]');
    expect(await card(page).locator('img, a[href^=javascript]').count()).toBe(0);
    await page.getByLabel('What is ordered').fill('complete blood count');
    await page.getByLabel('Code', { exact: true }).fill('');
    await page.locator('.silence', { hasText: 'No card is about this order' }).waitFor();
    await close();
  });

  test('works with another pack, of one language and without a ladder', async () => {
    const knee = await startWorkbench(TODAY, 'tests/packs/knee');
    const seen = await visit(browser, `${knee.url}/?patient=knee-osteoarthritis&lang=es`);
    const { page, close } = seen;
    await page.locator('.silence', { hasText: 'Ninguna tarjeta trata de esta solicitud' }).waitFor();
    await page.getByRole('combobox', { name: 'Solicitud', exact: true }).selectOption({ label: 'knee arthroscopy' });
    await card(page).waitFor();
    expect(await card(page).getAttribute('lang')).toBe('en');
    expect(await page.locator('.pathway').count()).toBe(0);
    await expectSound(seen);
    await close();
    await knee.close();
  });

  test('copies the call as a curl that answers the same', async () => {
    const { page, close } = await open('/?patient=quick-look', {
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
    const { page, close } = await open('/');
    await card(page).waitFor();
    await page.route('**/cds-services/**', (route) => route.abort());
    await page.getByRole('radio', { name: 'Sign' }).check();
    await page.getByText('The service does not answer.').waitFor();
    await close();
  });

  test('is worked by the keyboard alone', async () => {
    const { page, close } = await open('/');
    await card(page).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to content');
    await page.getByLabel('Patient').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForURL(/patient=gluteal-completed-programme/);
    await page.locator('.silence', { hasText: 'Silent: adequate conservative care.' }).waitFor();
    await close();
  });
});

async function feedbackKept(): Promise<number> {
  let count = 0;
  for await (const _ of app.store.feedback({ since: new Date(0), until: new Date('2100-01-01') })) count += 1;
  return count;
}
