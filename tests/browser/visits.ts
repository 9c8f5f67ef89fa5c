import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { READERS } from '../../src/facts/catalogue.ts';
import { ARTEFACTS, type Browser } from './browser.ts';
import type { RECORDED, SIMULATED } from './recorded.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** A tab waits no longer than this for what a spec looks for. */
const PATIENCE_MS = 10_000;

const WIDE: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

/** What every page must look well on, at 200 % as well; the last speaks a language that no page is in. */
export const SCREENS = {
  light: { ...WIDE, locale: 'en-US' },
  'dark-es': { ...WIDE, colorScheme: 'dark', locale: 'es-MX' },
  phone: { ...PHONE, deviceScaleFactor: 2, locale: 'en-GB' },
  'phone-dark-es': { ...PHONE, colorScheme: 'dark', locale: 'es' },
  'narrow-es': { viewport: { width: 1024, height: 768 }, locale: 'es-ES' },
  tablet: { viewport: { width: 768, height: 1024 }, locale: 'en-US' },
  'tablet-es': { viewport: { width: 768, height: 1024 }, locale: 'es' },
  narrow: { viewport: { width: 1024, height: 768 }, locale: 'en-US' },
  'small-es': { viewport: { width: 320, height: 640 }, locale: 'es' },
  zoomed: { viewport: { width: 640, height: 450 }, locale: 'de' },
} satisfies Readonly<Record<string, BrowserContextOptions>>;

/** A tab, with what it complained of and the hosts it asked. */
export interface Visit {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly hosts: ReadonlySet<string>;
  readonly close: () => Promise<void>;
}

/** Opens a page in a fresh tab. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = WIDE): Promise<Visit> {
  const context = await browser.open({ reducedMotion: 'reduce', ...WIDE, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => message.type() !== 'log' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(url);
  return { page, complaints, hosts, close: () => context.close() };
}

/** Axe runs past the page's policy, which lets in no script but its own. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axePath, 'utf8'));
  const { violations, passes } = (await page.evaluate('axe.run(document)')) as AxeResults;
  expect(passes.length, 'rules that axe looked at').toBeGreaterThan(15);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** Elements that are seen and whose content runs out of them to the right, with how many pixels that is. What hides what is too much is let be. */
const OVERFLOWING = `(() => {
  const isUnseen = (one) => one !== null && (getComputedStyle(one).clipPath !== 'none' || isUnseen(one.parentElement));
  const excess = (one) => (one.clientWidth === 0 ? 0 : one.scrollWidth - one.clientWidth);
  const holds = (one) => one.matches('textarea, input, select') || !/^(visible|auto)$/.test(getComputedStyle(one).overflowX);
  return [...document.querySelectorAll('body *')]
    .filter((one) => excess(one) > 1 && !holds(one) && !isUnseen(one))
    .map((one) => [one.localName, ...one.classList].join('.') + ' by ' + excess(one) + ': ' + one.textContent.slice(0, 40));
})()`;

/** Holds a page to what all must be: accessible, fitting its screen, without complaint, and asking no other host. */
export async function expectSound({ page, complaints, hosts }: Visit): Promise<void> {
  expect(await violations(page)).toEqual([]);
  await expectFitting(page);
  expect(complaints).toEqual([]);
  expect([...hosts]).toEqual([new URL(page.url()).host]);
}

/** Holds a page to its screen: no wider, nothing wider than its place, and no value without its heading. */
export async function expectFitting(page: Page): Promise<void> {
  const [needed, given] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as number[];
  expect(needed, 'width').toBeLessThanOrEqual(given ?? 0);
  expect(await page.evaluate(OVERFLOWING), 'runs out of its place').toEqual([]);
  expect(await page.evaluate(WITHOUT_HEADING), 'has lost its heading').toEqual([]);
}

/** Values of tables whose head is out of sight, as on a phone, which do not say what they are; drawings say it themselves. */
const WITHOUT_HEADING = `[...document.querySelectorAll('table.wide td:not(.drawn)')]
  .filter((cell) => getComputedStyle(cell.closest('table').tHead).position === 'absolute')
  .filter((cell) => cell.childNodes.length > 0 && ['none', '""'].includes(getComputedStyle(cell, '::before').content))
  .map((cell) => cell.outerHTML)`;

const TRANSLATIONS = parse(readFileSync('cards/text/es.yaml', 'utf8')) as readonly { en: string; es: string }[];
/** What sources are called in Spanish too. */
const LABELS = Object.values(
  parse(readFileSync('cards/sources.yaml', 'utf8')) as Record<string, { label: string }>,
).filter(({ label }) => !TRANSLATIONS.some(({ en }) => en === label));
/** What codes are called, and what charts say in their own words, may stand in a chart on any page. */
const CALLED = new Set(
  ['cards/value-sets', 'fixtures/patients'].flatMap((folder) =>
    readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/"(?:display|text)": "([^"]+)"/g)].map(([, name]) => name),
    ),
  ),
);
/** What the pack says in English, and names that its readers give, as they stand in conditions. */
const PACK = [
  ...TRANSLATIONS.flatMap(({ en, es }) => (en.includes('{{') || es.includes(en) || CALLED.has(en) ? [] : en)),
  ...[...READERS.values()].flatMap(({ measures }) => Object.keys(measures).map((name) => `, ${name}:`)),
];

/** English that a page shows, of the pack and of a table of words: none of it may be there where the page is in Spanish. */
export async function englishShown(page: Page, words: object = []): Promise<string[]> {
  await page.evaluate(OPEN_ALL);
  const shown = (await page.evaluate(SAID)) as string;
  const text = LABELS.reduce((left, { label }) => left.replaceAll(label, ''), shown);
  const sentences = (value: unknown): string[] => {
    if (typeof value === 'string') return value.includes(' ') ? [value] : [];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sentences) : [];
  };
  const special = /[.*+?^${}()|[\]\\]/g;
  return sentences([PACK, words]).filter((sentence) =>
    new RegExp(`${sentence.replaceAll(special, '\\$&')}(?!\\p{L})`, 'u').test(text),
  );
}

/** What a page says in words, read and read out: not ids, nor what was sent and answered. */
const SAID = `(() => {
  const all = document.body.cloneNode(true);
  for (const one of all.querySelectorAll('code, pre, textarea')) one.remove();
  const names = ['aria-label', 'title', 'placeholder'].flatMap((name) =>
    [...all.querySelectorAll('[' + name + ']')].map((one) => one.getAttribute(name)));
  return [all.textContent, ...names, document.title].join(' ');
})()`;

/** Opens what is folded, and what is folded in it, until nothing is. */
const OPEN_ALL = `(async () => {
  for (let folded; (folded = document.querySelectorAll('details:not([open])')).length > 0; ) {
    for (const one of folded) one.open = true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
})()`;

/** Leaves a picture for people to look at. */
export const keepPicture = (page: Page, name: string, fullPage = true): Promise<Buffer> =>
  page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage });

/** Takes a picture that the README or `docs/` shows: of a screen's width, so many pixels high. It lands there when `RECORD` says so. */
export async function record(
  page: Page,
  name: (typeof RECORDED | typeof SIMULATED)[number],
  height: number,
): Promise<void> {
  const { width = 0, height: before = 0 } = page.viewportSize() ?? {};
  await page.setViewportSize({ width, height });
  await page.screenshot({ path: join(process.env.RECORD || ARTEFACTS, `${name}.png`) });
  await page.setViewportSize({ width, height: before });
}

/** Bytes that the server has sent for what a tab shows: the page, its files and data, as they were packed, and their headers. */
export async function bytesSent(page: Page): Promise<number> {
  await page.waitForLoadState('networkidle');
  return page.evaluate<number>(
    `['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))
      .reduce((sum, { transferSize }) => sum + transferSize, 0)`,
  );
}
