import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

/** Where screenshots are left, for people to look at. */
export const ARTEFACTS = resolve('tests/artefacts');
/** Where the browser of the registry is unpacked: within the checkout, so that no other run meets half of it. */
const UNPACKED = resolve('node_modules/.cache/chromium');

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium with a profile of its own. Without one that starts, the specs fail and say why. */
export interface Browser {
  /** A fresh tab, in which nothing is remembered. */
  readonly open: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  readonly close: () => Promise<void>;
}

/** Starts `CHROME_PATH`, or the Chromium that comes through the package registry. */
export async function startBrowser(): Promise<Browser> {
  mkdirSync(ARTEFACTS, { recursive: true });
  const profile = mkdtempSync(join(tmpdir(), 'rehab-first-profile-'));
  const executablePath = await browserPath();
  const browser = await chromium
    .launch({ executablePath, args: [...FLAGS, `--crash-dumps-dir=${profile}`], env: { ...process.env, TZ: 'UTC' } })
    .catch((error: Error) => {
      throw new Error(`No browser: ${executablePath} does not start. CHROME_PATH names another.\n${error.message}`);
    });
  return {
    open: (options) => browser.newContext(options),
    close: async () => {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

async function browserPath(): Promise<string> {
  const { CHROME_PATH } = process.env;
  if (CHROME_PATH !== undefined && CHROME_PATH !== '') return CHROME_PATH;
  mkdirSync(UNPACKED, { recursive: true });
  process.env.TMPDIR = UNPACKED; // where the package unpacks to
  const { default: packed } = await import('@sparticuz/chromium');
  return packed.executablePath();
}
