/** One call without HTTP: reads bodies from a file, answers them with the built service and a store of its own, and says what each part took. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHookRequest } from '../../dist/cds-hooks/request.js';
import { admitAnybody } from '../../dist/cli/admission.js';
import { appDeps } from '../../dist/cli/compose.js';
import { loadKnowledge } from '../../dist/knowledge/load.js';
import { openStore } from '../../dist/store/open.js';

const [file = '', rounds = '9', calls = '60'] = process.argv.slice(2);
const SERVICE = 'rehab-first-order-select';
/** @type {string[]} */
const bodies = JSON.parse(readFileSync(file, 'utf8'));
const dataDir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-engine-'));
const clock = () => new Date();
const store = await openStore({ dataDir }, { clock });
const deps = appDeps({
  knowledge: loadKnowledge({ dir: 'cards', skipsVignettes: true }),
  config: { timeZone: 'UTC' },
  admission: admitAnybody({ fhirBudgetMs: 2000 }),
  ...{ clock, store },
  readiness: () => 'ok',
  log: () => {},
  report: () => {},
});
const nobody = { client: '', tenant: '' };

/** @param {() => unknown} work */
async function cpuMs(work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000 / Number(calls), result };
}

/** A service runs for days: its code is at its fastest after some thousand calls. */
const WARM_UP_MS = 5000;
const found = [];
const begunAt = performance.now();
while (found.length < Number(rounds)) {
  const texts = Array.from({ length: Number(calls) }, (_, index) => bodies[index % bodies.length] ?? '');
  const { ms: parse, result: parsed } = await cpuMs(() => texts.map((text) => JSON.parse(text)));
  /** @type {Record<string, number>} */
  const steps = {};
  let bytes = 0;
  const { ms: answer } = await cpuMs(async () => {
    for (const body of /** @type {unknown[]} */ (parsed)) {
      /** @type {Record<string, number>} */
      const timings = {};
      const request = parseHookRequest(body, ['order-select']);
      const { response } = await deps.answer(SERVICE, request, nobody, { languages: [], timings });
      bytes += JSON.stringify(response).length;
      for (const [step, ms] of Object.entries(timings)) steps[step] = (steps[step] ?? 0) + ms / Number(calls);
    }
  });
  if (performance.now() - begunAt > WARM_UP_MS) found.push({ parse, answer, steps, bytes: bytes / Number(calls) });
}
await store.close();
rmSync(dataDir, { recursive: true, force: true });
console.log(JSON.stringify(found));
