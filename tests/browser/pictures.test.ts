import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { startPages } from '../support/pages.ts';
import type { RealApp } from '../support/real-app.ts';
import { seed } from '../support/seed.ts';
import { ARTEFACTS, type Browser, startBrowser } from './browser.ts';
import type { PARTS } from './recorded.ts';

/** `npm run record` takes the pictures of `docs/` anew; else they go to the artefacts, to see that they still can be taken. */
const OUT = process.env.RECORD || ARTEFACTS;
const MOST_BYTES = 150_000;
const SIZE = { width: 1280, height: 640 };
const TODAY = '2026-11-24';
const NOW = new Date(`${TODAY}T12:00:00Z`);

/** What is to be seen on each: a page, and the heading of the part that is shown. */
const SCENES: Readonly<Record<(typeof PARTS)[number], { readonly path: string; readonly heading: string }>> = {
  'go-live-silent': { path: '/insights', heading: 'Silent beside live' },
  'go-live-sign-off': { path: '/knowledge#numbers', heading: 'Numbers' },
  'go-live-monthly': { path: '/insights', heading: 'Look at these cards' },
};

const dir = mkdtempSync(join(tmpdir(), 'rehab-first-pictures-'));
let browser: Browser;
let store: Store;
let app: RealApp;
beforeAll(async () => {
  mkdirSync(OUT, { recursive: true });
  store = await openStore({ dataDir: dir }, { clock: () => NOW });
  await seed(store, loadKnowledge({ dir: 'cards' }), NOW);
  app = await startPages(TODAY, store);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
  await store?.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('pictures of the docs', () => {
  test.each(Object.entries(SCENES))('%s', async (name, { path, heading }) => {
    const context = await browser.open({ viewport: SIZE, colorScheme: 'light', reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(app.url + path);
    const part = page.locator('.panel').filter({ has: page.getByRole('heading', { name: heading, exact: true }) });
    await part.scrollIntoViewIfNeeded();
    const { x = 0, y = 0, width = 0, height = 0 } = (await part.boundingBox()) ?? {};
    const clip = { x, y: y + (await page.evaluate<number>('scrollY')), width, height: Math.min(height, SIZE.height) };
    const picture = await page.screenshot({ path: join(OUT, `${name}.png`), clip, fullPage: true });
    expect(picture.byteLength).toBeLessThan(MOST_BYTES);
    await context.close();
  });
});
