import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pagesOf } from '../../src/cli/compose.ts';
import { valueSetsIn } from '../../src/export/value-sets.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { Store } from '../../src/store/store.ts';
import { type RealApp, startRealApp } from './real-app.ts';

/** The pages as they were built. */
export const PAGES_DIR = resolve('dist/pages');

/** The service with its pages over a store, at noon of a day. */
export async function startPages(
  day: string,
  store: Pick<Store, 'decisions' | 'feedback'>,
  adminToken?: string,
  isOpen = true,
): Promise<RealApp> {
  if (!existsSync(PAGES_DIR))
    throw new Error('dist/pages is missing: run these specs by `npm test`, which builds first');
  const knowledge = loadKnowledge({ dir: 'cards' });
  const clock = () => new Date(`${day}T12:00:00Z`);
  const metrics = { render: async () => 'calls_total 7\n' };
  const config = { timeZone: 'UTC' };
  const valueSets = valueSetsIn('cards', []);
  const pages = pagesOf({ knowledge, clock, config, store, valueSets, metrics, adminToken, isOpen, dir: PAGES_DIR });
  return startRealApp(day, { knowledge, changes: { pages } });
}
