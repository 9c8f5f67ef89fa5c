import type { Locator, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/cds-hooks/types.ts';
import { startWorkbench, type WorkbenchApp } from '../support/workbench.ts';
import { type Browser, startBrowser } from './browser.ts';
import { visit } from './visits.ts';

let browser: Browser;
let app: WorkbenchApp;
beforeAll(async () => {
  app = await startWorkbench('2026-11-24');
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
});

/** A hook request, as far as these specs look. */
interface Sent {
  readonly hook: string;
  readonly fhirServer?: string;
  readonly prefetch?: object;
  readonly context: { readonly draftOrders: { readonly entry: readonly { readonly resource: object }[] } };
}

const card = (page: Page) => page.locator('article.cds-card');
const isHookCall = (request: Request) => /order-(?:select|sign)$/.test(request.url());
/** What the page sends next, while something is done to it. */
async function sentBy(page: Page, act: () => Promise<unknown>): Promise<Sent> {
  const [request] = await Promise.all([page.waitForRequest(isHookCall), act()]);
  return request.postDataJSON() as Sent;
}
const textarea = async (fold: Locator): Promise<unknown> => {
  await fold.locator('summary').click();
  return JSON.parse(await fold.locator('textarea').inputValue());
};

describe('the card', () => {
  test('is what was answered, part by part', async () => {
    const { page, close } = await visit(browser, `${app.url}/?patient=gluteal-no-rehab`);
    await card(page).waitFor();
    const wire = page.locator('section.wire');
    expect(await wire.innerText()).toContain('POST /cds-services/rehab-first-order-select → 200');
    const sent = (await textarea(wire.locator('details', { hasText: 'Request' }))) as Sent;
    expect(sent).toMatchObject({ hook: 'order-select', prefetch: { patient: { id: 'gluteal-no-rehab' } } });
    const answer = (await textarea(wire.locator('details', { hasText: 'Answer' }))) as { cards: Card[] };
    const [given] = answer.cards;
    const links = await card(page)
      .locator('.links a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(links).toEqual(given?.links?.map(({ url }) => url));
    expect(await card(page).locator('.badge').innerText()).toBe('Warning');
    expect(await card(page).locator('h3').innerText()).toBe(given?.summary);
    const source = card(page).locator('p', { hasText: 'Source:' }).locator('a');
    expect([await source.innerText(), await source.getAttribute('href')]).toEqual([
      given?.source.label,
      given?.source.url,
    ]);
    expect(await card(page).locator('.suggestions button').allInnerTexts()).toEqual(
      given?.suggestions?.map(({ label }) => label),
    );
    await page.getByText('Keep the order as it is').click();
    expect((await card(page).locator('.override option').allInnerTexts()).slice(1)).toEqual(
      given?.overrideReasons?.map(({ display }) => display),
    );
    await close();
  });

  test('leads nowhere that is not safe, whatever a service answers', async () => {
    const { page, close } = await visit(browser, `${app.url}/?patient=gluteal-no-rehab`);
    const url = 'javascript:alert(1)';
    const bad = {
      ...{
        uuid: '1',
        summary: 'Bad',
        indicator: 'info',
        detail: `[here](${url}) <img src=x> [ok](https://ok.example)`,
      },
      ...{ source: { label: 'Source', url }, links: [{ label: 'Link', type: 'absolute', url }] },
    };
    await page.route('**/cds-services/**', (route) => route.fulfill({ json: { cards: [bad] } }));
    await page.getByRole('radio', { name: 'Sign' }).check();
    await card(page).getByText('Bad').waitFor();
    expect(
      await card(page)
        .locator('a')
        .evaluateAll((all) => all.map((one) => one.getAttribute('href'))),
    ).toEqual(['https://ok.example']);
    expect(await card(page).locator('img').count()).toBe(0);
    await close();
  });
});

describe('what is sent', () => {
  test('has the chart, or where to read it, or neither', async () => {
    const { page, close } = await visit(browser, `${app.url}/?patient=quick-look`);
    await card(page).waitFor();
    const read = await sentBy(page, () => page.getByRole('radio', { name: 'FHIR reads' }).check());
    expect([read.fhirServer, read.prefetch]).toEqual([`${app.url}/fhir`, undefined]);
    const none = await sentBy(page, () => page.getByRole('radio', { name: 'None' }).check());
    expect([none.fhirServer, none.prefetch]).toEqual([undefined, undefined]);
    await page.locator('section.wire', { hasText: '→ 412' }).waitFor();
    const signed = await sentBy(page, () => page.getByRole('radio', { name: 'Sign' }).check());
    expect(signed).toMatchObject({ hook: 'order-sign' });
    expect(signed.context).not.toHaveProperty('selections');
    await close();
  });

  test('is the order as the form has it', async () => {
    const { page, close } = await visit(browser, `${app.url}/?patient=gluteal-no-rehab`);
    await card(page).waitFor();
    await page.getByText('Change it').click();
    const order = async (act: () => Promise<unknown>) =>
      (await sentBy(page, act)).context.draftOrders.entry[0]?.resource;
    expect(
      await order(() => page.getByRole('combobox', { name: 'Side', exact: true }).selectOption('left')),
    ).toMatchObject({
      bodySite: [{ text: 'left hip' }],
    });
    expect(await order(() => page.getByLabel('Body site').fill('knee'))).toMatchObject({
      bodySite: [{ text: 'left knee' }],
    });
    expect(await order(() => page.getByLabel('Reason code (ICD-10-CM)').fill('M17.1'))).toMatchObject({
      reasonCode: [{ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'M17.1' }] }],
    });
    expect(await order(() => page.getByRole('combobox', { name: 'Priority' }).selectOption('stat'))).toMatchObject({
      priority: 'stat',
    });
    expect(await page.locator('.story').last().innerText()).toMatch(/left knee, .* at once$/);
    await close();
  });

  test('is the chart as it looks when the call comes later', async () => {
    const { page, close } = await visit(browser, `${app.url}/?patient=gluteal-no-rehab`);
    await expect.poll(() => card(page).innerText()).toContain('(14 weeks)');
    await page.getByLabel('The call comes').selectOption('4');
    await expect.poll(() => card(page).innerText()).toContain('(18 weeks)');
    await close();
  });
});

describe('what is around', () => {
  test('the time axis has a row for other drugs, and what was read is listed', async () => {
    const { page, close } = await visit(browser, `${app.url}/?patient=gluteal-no-rehab`);
    await card(page).waitFor();
    expect(await page.locator('.timeline').textContent()).toContain('Other drugs');
    await page.getByText('What was read').click();
    expect(await page.locator('section.why .others').last().innerText()).toMatch(/conditions: read \(\d+\)/);
    await close();
  });

  test('the ladder says in words what is ordered and what comes next', async () => {
    const { page, close } = await visit(browser, `${app.url}/?patient=gluteal-no-rehab`);
    await card(page).waitFor();
    const rungs = await page.locator('.pathway li').evaluateAll((all) => all.map((one) => one.textContent));
    expect(rungs).toEqual([
      expect.stringMatching(/^Education ?not on record ?next$/),
      expect.stringMatching(/^Exercise ?not on record ?next$/),
      expect.stringMatching(/^Analgesia ?not on record$/),
      expect.stringMatching(/^Infiltration ?not on record ?ordered$/),
      expect.stringMatching(/^Platelet-rich plasma ?not on record$/),
      expect.stringMatching(/^Surgery ?not on record$/),
    ]);
    await close();
  });

  test('each card leads to its definition, which is open and in view', async () => {
    const { page, close } = await visit(browser, `${app.url}/?patient=gluteal-no-rehab`);
    await page.locator('.card-why a[href="/knowledge#trochanteric-injection"]').click();
    await page.locator('#trochanteric-injection[open]').waitFor();
    const top = () => page.evaluate('document.getElementById("trochanteric-injection").getBoundingClientRect().top');
    await expect.poll(top).toBeLessThan(200);
    expect(await top()).toBeGreaterThanOrEqual(0);
    await close();
  });

  test('what has the focus is outlined', async () => {
    const { page, close } = await visit(browser, `${app.url}/?patient=gluteal-no-rehab`);
    await card(page).waitFor();
    for (let key = 0; key < 6; key += 1) await page.keyboard.press('Tab');
    const [style, width] = (await page.evaluate(
      '[getComputedStyle(document.activeElement).outlineStyle, getComputedStyle(document.activeElement).outlineWidth]',
    )) as string[];
    expect([style, width]).toEqual(['solid', '3px']);
    await close();
  });
});
