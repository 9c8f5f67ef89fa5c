import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Explanation } from '../../src/workbench/explanation.ts';
import { startWorkbench, type WorkbenchApp } from '../support/workbench.ts';
import { type Browser, startBrowser } from './browser.ts';
import { SCREENS, visit } from './visits.ts';

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

const open = async (path: string) => {
  const seen = await visit(browser, `${app.url}${path}`);
  await seen.page.getByText(/^(?:Answered in|Respondido en) \d+ ms$/).waitFor();
  return seen;
};
const card = (page: Page) => page.locator('article.cds-card');
const isHookCall = (request: Request) => /order-(?:select|sign)$/.test(request.url());
const REMOVE = 'Refer to physiotherapy and remove this order';

describe('an answer that comes late', () => {
  test("is waited for without the card of the patient before, and the next patient's drafts are their own", async () => {
    const { page, close } = await open('/?patient=gluteal-no-rehab');
    let answerNow = () => {};
    const isTime = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    await page.route('**/cds-services/**', async (route) => {
      await isTime;
      await route.continue();
    });
    await page.getByLabel('Patient').first().selectOption('sciatica-acute-severe');
    await expect.poll(() => card(page).count()).toBe(0);
    expect(await page.locator('.drafts').innerText()).toContain('epidural');
    answerNow();
    await card(page).waitFor();
    expect(await card(page).innerText()).toContain('epidural');
    await close();
  });

  test('leaves the card of the order before, which takes no answer any more', async () => {
    const { page, close } = await open('/?patient=gluteal-no-rehab');
    await page.route('**/cds-services/**', () => {}); // never answered
    await page.getByRole('radio', { name: 'Sign' }).check();
    const panel = page.locator('section.seen-by-doctor');
    await expect.poll(() => panel.evaluate((one) => (one as unknown as { inert: boolean }).inert)).toBe(true);
    expect(await card(page).count()).toBe(1);
    await expect(card(page).getByText(REMOVE).click({ timeout: 500 })).rejects.toThrow();
    await close();
  });
});

describe('feedback', () => {
  test('that could not be kept changes nothing, is said so, and may be sent again', async () => {
    const { page, close } = await open('/?patient=stenosis-stale-physiotherapy');
    const button = card(page).locator('.suggestions button').first();
    const before = await page.locator('.drafts li').allInnerTexts();
    for (const [refused, words] of [
      [503, 'The feedback was answered 503, so nothing was changed. Try again.'],
      [undefined, 'The service does not answer. Nothing was changed. Try again.'],
    ] as const) {
      await page.route('**/feedback', (route) => (refused ? route.fulfill({ status: refused }) : route.abort()));
      await button.click();
      await page.getByText(words).waitFor();
      expect(await page.locator('.drafts li').allInnerTexts()).toEqual(before);
      expect(await page.getByText('quiet for this patient').count()).toBe(0);
      await page.unroute('**/feedback');
    }
    await button.click();
    await page.getByText('Feedback is kept').waitFor();
    expect(await page.locator('.drafts li').allInnerTexts()).not.toEqual(before);
    await close();
  });

  test('is sent once, however often one clicks', async () => {
    const { page, close } = await open('/?patient=back-pain-fusion-five-visits');
    const sent: string[] = [];
    page.on('request', (request) => request.url().endsWith('/feedback') && sent.push(request.url()));
    await page.evaluate(`
      const buttons = document.querySelectorAll('.suggestions button');
      for (const one of [buttons[0], buttons[1], buttons[0]]) one.click();
    `);
    await page.getByText('Feedback is kept').waitFor();
    expect(sent).toHaveLength(1);
    await close();
  });
});

describe('a service that', () => {
  test('is gone is said to be so, in the language of the page, and asked again when somebody wants it', async () => {
    const { page, close } = await open('/?patient=quick-look&lang=es');
    await page.context().setOffline(true);
    await page.getByLabel('Paciente').first().selectOption('sciatica-acute-severe');
    const alert = page.getByRole('alert');
    await alert.getByText('El servicio no responde.').waitFor();
    expect(await card(page).count()).toBe(0);
    expect(await page.locator('.results').getAttribute('aria-busy')).toBe('false');
    await page.context().setOffline(false);
    await alert.getByRole('button', { name: 'Intentarlo otra vez' }).click();
    await card(page).waitFor();
    expect(await alert.count()).toBe(0);
    await close();
  });

  test('answers and does not say why is not said to have looked at nothing', async () => {
    const { page, close } = await open('/?patient=gluteal-completed-programme');
    await page.route('**/workbench/explain', (route) => route.fulfill({ status: 503, json: {} }));
    await page.getByRole('radio', { name: 'Sign' }).check();
    await page.locator('.silence', { hasText: 'The service answered with no card, and did not say why.' }).waitFor();
    await close();
  });

  test('cannot tell whether a card applies is not said to have none that does', async () => {
    const { page, close } = await open('/?patient=gluteal-completed-programme');
    await page.route('**/workbench/explain', async (route) => {
      const response = await route.fetch();
      const { cards, ...rest } = (await response.json()) as Explanation;
      const untold = cards.map(({ silencedBy, ...one }) => (silencedBy ? { ...one, verdict: 'unknown' } : one));
      await route.fulfill({ response, json: { ...rest, cards: untold } });
    });
    await page.getByRole('radio', { name: 'Sign' }).check();
    await page.locator('.silence', { hasText: 'From this chart it cannot be told whether a card applies.' }).waitFor();
    await close();
  });

  test('is sent no order is not said to have no card about it', async () => {
    const { page, close } = await open('/?patient=gluteal-third-steroid');
    await card(page)
      .getByRole('button', { name: /^Remove/ })
      .first()
      .click();
    await page.getByText('Feedback is kept').waitFor();
    await page.getByRole('radio', { name: 'Sign' }).check();
    await page.locator('.silence', { hasText: 'There is no order left to ask about.' }).waitFor();
    await close();
  });
});

describe('what is typed', () => {
  test('by hand has its form opened, and a drug is ordered as one', async () => {
    const { page, close } = await open('/?patient=gluteal-no-rehab');
    await page.getByRole('combobox', { name: 'Order', exact: true }).selectOption('typed');
    await page.getByLabel('Code system').selectOption({ label: 'RxNorm' });
    const call = page.waitForRequest(
      (request) => isHookCall(request) && request.postData()?.includes('10759') === true,
    );
    await page.getByLabel('Code', { exact: true }).fill('10759');
    const { context } = (await call).postDataJSON() as { context: { selections: string[] } };
    expect(context.selections).toEqual(['MedicationRequest/draft-1']);
    await close();
  });

  test('without a space makes the page no wider', async () => {
    const { page, close } = await open('/?patient=gluteal-no-rehab');
    await page.getByText('Change it').click();
    await page.getByLabel('What is ordered').fill('x'.repeat(3000));
    await expect.poll(() => page.locator('.drafts').innerText()).toContain('xxx');
    const [needed, given] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as number[];
    expect(needed).toBeLessThanOrEqual(given ?? 0);
    await close();
  });

  test('into a date, digit by digit, is the date that comes out, and the field keeps the focus', async () => {
    const { page, close } = await open('/?patient=gluteal-no-rehab');
    await page.locator('#timeline').getByText('As a table, to change dates').click();
    const field = page.getByLabel('Date of Gluteal tendinopathy of right hip');
    await field.focus();
    await page.keyboard.type('10052026', { delay: 120 });
    await expect.poll(() => card(page).innerText()).toContain('On record since 5 Oct 2026');
    expect(await field.inputValue()).toBe('2026-10-05');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toContain('Gluteal tendinopathy');
    await field.fill('2026-09-20');
    await field.fill('2026-09-10');
    await expect.poll(() => card(page).innerText()).toContain('On record since 10 Sept 2026');
    await page.getByRole('radio', { name: 'FHIR reads' }).check();
    await page.getByText('Dates can be changed when the chart goes along with the call').waitFor();
    expect(await page.locator('#timeline input').count()).toBe(0);
    await close();
  });

  test('into the address and is nobody, is not left there', async () => {
    const { page, close } = await open('/?patient=nobody');
    await page.waitForURL(/patient=gluteal-no-rehab/);
    await close();
  });
});

describe('wherever one looks', () => {
  test('an answer is announced in a sentence, by an element that stays', async () => {
    const { page, close } = await open('/?patient=disc-herniation-five-months');
    const status = page.locator('.results > [role=status]');
    await page.evaluate('document.querySelector(".results > [role=status]").dataset.stays = ""');
    await page.getByLabel('Patient').first().selectOption('sciatica-partial-care');
    await expect.poll(() => status.innerText()).toMatch(/^Information: Complete/);
    await page.getByLabel(/Add a red flag/).check();
    await expect.poll(() => status.innerText()).toMatch(/^No card\. Silent: cauda equina signs/);
    await page.getByRole('radio', { name: 'None' }).check();
    await expect.poll(() => status.innerText()).toMatch(/^The call was answered 412\./);
    expect(await status.getAttribute('data-stays')).toBe('');
    await close();
  });

  test('Back shows the patient whom the address names', async () => {
    const { page, close } = await open('/?patient=gluteal-completed-programme');
    await page.getByLabel(/Add a red flag/).check();
    await page.locator('.silence', { hasText: 'Silent: cauda equina signs' }).waitFor();
    await page.getByRole('link', { name: 'See why not' }).click();
    await page.getByLabel('Patient').first().selectOption('discectomy-no-care');
    await card(page).waitFor();
    await page.goBack();
    await page.locator('.silence', { hasText: 'Silent: cauda equina signs' }).waitFor();
    expect(await page.getByLabel('Patient').first().inputValue()).toBe('gluteal-completed-programme');
    await page.goForward();
    await card(page).waitFor();
    await close();
  });

  test('on a phone what was accepted is in view, and a date that is given back leaves the focus near', async () => {
    const seen = await visit(browser, `${app.url}/?patient=prp-after-programme`, SCREENS.phone);
    const { page, close } = seen;
    await card(page).locator('.suggestions button, .override summary').last().scrollIntoViewIfNeeded();
    await page.getByText('Keep the order as it is').click();
    await page.getByRole('button', { name: 'Override' }).click();
    await page.getByText('Overridden. Feedback is kept.').waitFor();
    const [top, height] = (await page.evaluate(
      '[document.querySelector(".said").getBoundingClientRect().top, innerHeight]',
    )) as number[];
    expect(top).toBeGreaterThan(-1);
    expect(top).toBeLessThan(height ?? 0);
    await page.getByText('Change the chart').click();
    await page.locator('#timeline').getByText('As a table, to change dates').click();
    await page.locator('#timeline input').first().fill('2026-10-05');
    await page.getByRole('button', { name: /^Give back its date/ }).click();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Change the chart');
    await close();
  });
});
