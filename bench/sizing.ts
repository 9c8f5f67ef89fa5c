import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measured } from './calls.ts';
import { load } from './load.ts';
import { table } from './numbers.ts';
import type { Part } from './part.ts';
import { payloads, type Scope } from './payloads.ts';
import { startService } from './servers.ts';

const PATH = '/cds-services/rehab-first-order-select';
const RATES = [10, 100, 1000, 10_000];
const SHARE_IN_SCOPE = 0.05;
/** Above this, calls begin to wait for each other. */
const BUSY = 0.6;
const DECISIONS = 2000;
const HOURS = 8;
const GB = 1_000_000_000;

/** How many cores and how much disk so many calls need, worked out from what `calls` found. */
export const sizing: Part = {
  name: 'sizing',
  run: async ({ now, isQuick, tell }) => {
    const measured = readCalls(isQuick);
    const cpuMs = (scope: Scope) =>
      measured.find(
        (one) => one.callee === 'RS384' && one.size === 108 && one.scope === scope && one.concurrency === 16,
      )?.cpuMs ?? Number.NaN;
    tell('sizing: bytes of a decision');
    const bytes = await bytesOfDecision(now());
    const perCall = (1 - SHARE_IN_SCOPE) * cpuMs('out of scope') + SHARE_IN_SCOPE * cpuMs('in scope');
    const perCore = (BUSY * 1000) / perCall;
    const rows = RATES.map((rate) => ({
      rate,
      cores: Math.ceil(rate / perCore),
      decisions: rate * SHARE_IN_SCOPE,
      gbADay: (rate * SHARE_IN_SCOPE * HOURS * 3600 * bytes) / GB,
    }));
    const markdown = [
      `For calls of 108 KB with RS384 tokens, ${SHARE_IN_SCOPE * 100} % of them in scope: ${perCall.toFixed(2)} ms of CPU a call, so ${Math.round(perCore)} calls a second and core when`,
      `cores are at most ${BUSY * 100} % busy. A decision takes ${Math.round(bytes)} bytes in the embedded store, indexes included. The last column is for ${HOURS} hours at`,
      'that rate.',
      '',
      table(
        ['calls a second', 'cores', 'decisions a second', 'GB a day'],
        rows.map(({ rate, cores, decisions, gbADay }) => [rate, cores, decisions, gbADay.toFixed(2)]),
      ),
    ].join('\n');
    return { markdown, json: { perCall, perCore, bytes, rows } };
  },
};

function readCalls(isQuick: boolean): readonly Measured[] {
  const file = fileURLToPath(new URL(`results/calls${isQuick ? '.quick' : ''}.json`, import.meta.url));
  if (!existsSync(file)) throw new Error('sizing is worked out from what calls found: run that first');
  return JSON.parse(readFileSync(file, 'utf8')).found;
}

async function bytesOfDecision(now: Date): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-decisions-'));
  const service = await startService({ DATA_DIR: dir, LOG_LEVEL: 'warn' });
  const [inScope] = payloads(now, [12]);
  const body = (call: number) => inScope?.bodies[call % inScope.bodies.length] ?? Buffer.alloc(0);
  await load(service.url, { calls: DECISIONS, concurrency: 4, path: PATH, body });
  await service.stop();
  const { size } = statSync(join(dir, 'rehab-first.db'));
  rmSync(dir, { recursive: true, force: true });
  return size / DECISIONS;
}
