import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeHistory } from '../../fixtures/history/history.ts';
import { WHAT_IF } from '../../fixtures/history/kinds.ts';
import { reportOf } from '../../src/simulate/report.ts';
import { reportHtml } from '../../src/simulate/report-html.ts';
import type { Result } from '../../src/simulate/result.ts';
import { readReview } from '../../src/simulate/review.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { ARTEFACTS, type Browser, startBrowser } from './browser.ts';
import { record } from './visits.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const dir = mkdtempSync(join(tmpdir(), 'rehab-first-simulation-pages-'));
const HOSTILE = `</script><script>document.title='owned'</script><img src="https://elsewhere.example/x" onerror="document.title='owned'">`;
const SAMPLE = 12;

let browser: Browser;
let result: Result;
beforeAll(async () => {
  writeHistory(join(dir, 'export'), 150);
  const orders = join(dir, 'export', 'ServiceRequest.000.ndjson');
  const hostile = JSON.stringify(`Injection of right trochanteric bursa ${HOSTILE}`);
  writeFileSync(
    orders,
    readFileSync(orders, 'utf8').replaceAll(/"Injection of right trochanteric bursa[^"]*"/g, hostile),
  );
  writeFileSync(join(dir, 'export', "Observation.<img src=x onerror='1'>.ndjson"), '{"broken": \n');
  writeFileSync(join(dir, 'site.yaml'), WHAT_IF);
  result = await simulate(
    {
      folder: join(dir, 'export'),
      out: join(dir, 'out'),
      share: { k: 1, n: 1 },
      workers: 1,
      knowledge: { dir: 'cards' },
      whatIf: join(dir, 'site.yaml'),
      seed: '1',
      sampleSize: SAMPLE,
      isAll: true,
      keepWork: false,
    },
    () => {},
  );
  writeFileSync(join(dir, 'out', 'report.html'), reportHtml(reportOf(result)));
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(dir, { recursive: true, force: true });
});

const SCREENS: Readonly<Record<string, BrowserContextOptions>> = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
};

async function visit(file: string, options: BrowserContextOptions) {
  const context = await browser.open({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  const url = pathToFileURL(join(dir, 'out', file)).href;
  await page.goto(url);
  return { page, complaints, others: () => asked.filter((one) => one !== url), close: () => context.close() };
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axePath, 'utf8'));
  const { violations, passes } = (await page.evaluate('axe.run(document)')) as AxeResults;
  expect(passes.length, 'rules that axe looked at').toBeGreaterThan(10);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

describe.each(['report', 'sample'])('%s.html', (name) => {
  test.each(Object.entries(SCREENS))(
    'reads well on a %s screen, alone, whatever a chart says',
    async (screen, options) => {
      const { page, complaints, others, close } = await visit(`${name}.html`, options);
      const heading = name === 'report' ? 'What the cards would have done' : 'Were these cards right?';
      await page.getByRole('heading', { name: heading }).waitFor();
      await page.screenshot({ path: join(ARTEFACTS, `simulate-${name}-${screen}.png`), fullPage: name === 'report' });
      await page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))");
      expect(await violations(page)).toEqual([]);
      const [content, window] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as number[];
      expect(content).toBeLessThanOrEqual(window ?? 0);
      expect(await page.title()).toBe(heading);
      expect(await page.locator('img').count()).toBe(0);
      expect(complaints).toEqual([]);
      expect(others()).toEqual([]);
      await close();
    },
  );
});

/** Texts of charts that reach beyond them. */
const CLIPPED = `[...document.querySelectorAll('.chart text')].filter((text) => {
  const [chart, own] = [text.ownerSVGElement, text].map((one) => one.getBoundingClientRect());
  return own.left < chart.left || own.right > chart.right;
}).map((text) => text.textContent)`;

test('the report shows its numbers, and charts with a table beside', async () => {
  const report = reportOf(result);
  const { page, close } = await visit('report.html', {});
  const said = (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ');
  expect(said).toContain(`Cards shown ${report.cards.shown}`);
  expect(said).toContain(`Per clinician-week ${report.clinicians.cardsPerWeek}`);
  for (const words of [
    'What kept cards back',
    'trochanteric or gluteal injection',
    'cards that appear',
    'problems.csv',
  ])
    expect(said).toContain(words);
  expect(said).not.toMatch(/undefined|NaN|\[object/);
  const months = report.months.filter(({ inScope }) => inScope > 0);
  const charts = page.locator('.chart');
  expect(await charts.count()).toBe(2);
  for (const chart of await charts.all()) {
    expect(await chart.locator('rect.shown').count()).toBe(months.filter(({ shown }) => shown > 0).length);
  }
  expect(await page.evaluate(CLIPPED)).toEqual([]);
  await close();
});

describe('pictures of the docs', () => {
  let recorded: string;
  beforeAll(async () => {
    recorded = join(dir, 'recorded');
    writeHistory(join(dir, 'recorded-export'), 400);
    const one = { share: { k: 1, n: 1 }, workers: 1, knowledge: { dir: 'cards' }, isAll: true, keepWork: false };
    const simulation = { ...one, folder: join(dir, 'recorded-export'), out: recorded, seed: '1', sampleSize: 50 };
    writeFileSync(join(recorded, 'report.html'), reportHtml(reportOf(await simulate(simulation, () => {}))));
  });

  test.each([
    ['simulate-report', 'report', 1500],
    ['simulate-sample', 'sample', 1000],
  ] as const)('%s', async (name, file, height) => {
    const { page, close } = await visit(join('..', 'recorded', `${file}.html`), SCREENS.light ?? {});
    await record(page, name, height);
    await close();
  });
});

test('verdicts given on the page come back as counts', async () => {
  const { page, complaints, close } = await visit('sample.html', { acceptDownloads: true });
  const cases = page.locator('.case');
  expect(await cases.count()).toBe(SAMPLE);
  for (let index = 0; index < 5; index += 1)
    await cases
      .nth(index)
      .getByRole('radio', { name: index < 3 ? 'right' : 'wrong' })
      .check();
  await cases.nth(0).getByLabel('Comment').fill('=fine, "really"\nyes');
  await page.getByText('5 of 12 judged: 3 right, 2 wrong, 0 unsure').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save the verdicts' }).click(),
  ]);
  const saved = join(dir, 'saved.csv');
  await download.saveAs(saved);
  const { cards, strange } = readReview([readFileSync(saved, 'utf8')]);
  const sum = (verdict: string) => cards.reduce((total, { verdicts }) => total + (verdicts[verdict] ?? 0), 0);
  expect([sum('right'), sum('wrong'), sum('unsure')]).toEqual([3, 2, 0]);
  expect(cards.reduce((total, { open }) => total + open, 0)).toBe(SAMPLE - 5);
  expect(strange).toEqual([]);
  expect(readFileSync(saved, 'utf8').split('\r\n')[0]?.replaceAll('"', '')).toBe(
    readFileSync(join(dir, 'out', 'sample.csv'), 'utf8').split('\r\n')[0],
  );
  expect(complaints).toEqual([]);
  await close();
});
