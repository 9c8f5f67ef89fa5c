/** The rule of cql.mjs by the built engine: reads a pack and bodies, and says what a call takes from the parsed request on, and what it found. */
import { readFileSync } from 'node:fs';
import { considerCall } from '../../dist/answer.js';
import { parseHookRequest } from '../../dist/cds-hooks/request.js';
import { loadKnowledge } from '../../dist/knowledge/load.js';

const [file = '', rounds = '5', calls = '8', dir = '', warmUpMs = '5000'] = process.argv.slice(2);
const SERVICE = 'rehab-first-order-select';
const deps = {
  knowledge: loadKnowledge({ dir }),
  timeZone: 'UTC',
  clock: () => new Date(),
  openReader: () => undefined,
  considersDrafts: true,
};
/** @type {string[]} */
const bodies = JSON.parse(readFileSync(file, 'utf8'));

const found = [];
const begunAt = performance.now();
while (found.length < Number(rounds)) {
  const one = { ms: 0, fires: 0 };
  // one after the other, as they come: what waits would be moved about by the collector, and be charged to the call under way
  for (let index = 0; index < Number(calls); index += 1) {
    const call = JSON.parse(bodies[index % bodies.length] ?? '');
    const before = process.cpuUsage();
    const { drafts } = await considerCall(SERVICE, parseHookRequest(call, ['order-select']), deps);
    const { user, system } = process.cpuUsage(before);
    one.ms += (user + system) / 1000 / Number(calls);
    if (drafts?.judgements.some(({ verdict }) => verdict === 'fires')) one.fires += 1;
  }
  if (performance.now() - begunAt > Number(warmUpMs)) found.push(one);
}
console.log(JSON.stringify(found));
