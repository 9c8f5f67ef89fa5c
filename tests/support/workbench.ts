import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { admitAnybody } from '../../src/cli/admission.ts';
import { loadDemo, loadWorkbench, pagesOf } from '../../src/cli/compose.ts';
import { valueSetsIn } from '../../src/export/value-sets.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { PAGES_DIR } from './pages.ts';
import { type RealApp, startRealApp } from './real-app.ts';

/** The service as open mode has it: pages, workbench, demo EHR and a store of its own. */
export interface WorkbenchApp extends RealApp {
  readonly store: Store;
}

/** Starts it at noon of a day, over a pack. */
export async function startWorkbench(day: string, cardsDir = 'cards'): Promise<WorkbenchApp> {
  const clock = () => new Date(`${day}T12:00:00Z`);
  const dataDir = mkdtempSync(join(tmpdir(), 'rehab-first-workbench-'));
  const store = await openStore({ dataDir }, { clock });
  const knowledge = loadKnowledge({ dir: cardsDir });
  const config = { timeZone: 'UTC' };
  const valueSets = valueSetsIn('cards', []);
  const admission = admitAnybody({ fhirBudgetMs: 30_000 });
  const parts = { knowledge, clock, config, store, admission, dir: PAGES_DIR };
  const metrics = { render: async () => '' };
  const pages = pagesOf({ ...parts, valueSets, metrics, adminToken: undefined, isOpen: true });
  const workbench = await loadWorkbench(parts);
  const demo = await loadDemo(parts);
  const app = await startRealApp(day, {
    knowledge,
    store,
    admission,
    changes: { demo, pages: [...pages, ...workbench] },
  });
  return {
    ...app,
    store,
    close: async () => {
      await app.close();
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
