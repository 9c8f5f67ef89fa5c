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

/** CPU since `before`, in milliseconds for each call of a round. @param {NodeJS.CpuUsage} before */
const since = (before) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / Number(calls);
};

/** A service runs for days: its code is at its fastest after some thousand calls. */
const WARM_UP_MS = 5000;
const found = [];
const begunAt = performance.now();
while (found.length < Number(rounds)) {
  /** @type {Record<string, number>} */
  const steps = {};
  const one = { parse: 0, answer: 0, steps, bytes: 0 };
  // one after the other, as they come: what waits would be moved about by the collector, and be charged to the call under way
  for (let call = 0; call < Number(calls); call += 1) {
    const text = bodies[call % bodies.length] ?? '';
    const beforeParse = process.cpuUsage();
    const body = JSON.parse(text);
    one.parse += since(beforeParse);
    /** @type {Record<string, number>} */
    const timings = {};
    const beforeAnswer = process.cpuUsage();
    const request = parseHookRequest(body, ['order-select']);
    const { response } = await deps.answer(SERVICE, request, nobody, { languages: [], timings });
    one.bytes += JSON.stringify(response).length / Number(calls);
    one.answer += since(beforeAnswer);
    for (const [step, ms] of Object.entries(timings)) steps[step] = (steps[step] ?? 0) + ms / Number(calls);
  }
  if (performance.now() - begunAt > WARM_UP_MS) found.push(one);
}
await store.close();
rmSync(dataDir, { recursive: true, force: true });
console.log(JSON.stringify(found));
