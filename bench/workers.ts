import { startPostgres } from '../tests/store/postgres-server.ts';
import { load } from './load.ts';
import { median, round, table } from './numbers.ts';
import type { Part } from './part.ts';
import { payloads } from './payloads.ts';
import { startService } from './servers.ts';

const PATH = '/cds-services/rehab-first-order-select';
const AT_ONCE = 32;
const CALLS = 400;

interface Round {
  readonly rate: number;
  readonly cpuMs: number;
}

/** Of all workers together, as their metrics say. */
async function cpuSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
}

/** One process beside two, on PostgreSQL. The load and the database run on the same machine. */
export const workers: Part = {
  name: 'workers',
  run: async ({ now, isQuick, tell }) => {
    const postgres = await startPostgres();
    const settings = { DATABASE_URL: await postgres.createDatabase(), PATIENT_KEY: '0123456789abcdef'.repeat(4) };
    const one = await startService({ ...settings, WORKERS: '1' });
    const two = await startService({ ...settings, WORKERS: '2' });
    const bodies = payloads(now(), [12, 108]);
    const found = new Map<string, { one: Round; two: Round }[]>();
    for (let turn = -3; turn < (isQuick ? 3 : 9); turn += 1) {
      tell(`workers: round ${turn + 1}`);
      for (const { size, scope, bodies: some } of bodies) {
        const measure = async (url: string): Promise<Round> => {
          const body = (call: number) => some[call % some.length] ?? Buffer.alloc(0);
          const before = await cpuSeconds(url);
          const { ms, shed } = await load(url, { calls: CALLS, concurrency: AT_ONCE, path: PATH, body });
          const answered = CALLS - shed;
          return { rate: (answered / ms) * 1000, cpuMs: (((await cpuSeconds(url)) - before) * 1000) / answered };
        };
        const rates = { one: await measure(one.url), two: await measure(two.url) };
        const key = `${size} KB, ${scope}`;
        if (turn >= 0) found.set(key, [...(found.get(key) ?? []), rates]);
      }
    }
    await Promise.all([one.stop(), two.stop()]);
    await postgres.stop();
    const results = [...found].map(([name, rates]) => ({
      name,
      one: Math.round(median(rates.map((rate) => rate.one.rate))),
      two: Math.round(median(rates.map((rate) => rate.two.rate))),
      ratio: round(median(rates.map((rate) => rate.two.rate / rate.one.rate)), 2),
      cpuRatio: round(median(rates.map((rate) => rate.two.cpuMs / rate.one.cpuMs)), 2),
    }));
    const markdown = [
      `Calls a second over PostgreSQL, ${AT_ONCE} at once. The load generator and the database run on the same cores, so two workers`,
      'have less than two cores for themselves: the ratio is the least that a second worker gives. The last column is the CPU that a call',
      'takes with two workers, beside one process: where each has a core of its own, the ratio would be two divided by it.',
      '',
      table(
        ['calls', 'one process', 'WORKERS=2', 'ratio', 'CPU of a call'],
        results.map((result) => [
          result.name,
          result.one,
          result.two,
          result.ratio.toFixed(2),
          result.cpuRatio.toFixed(2),
        ]),
      ),
    ].join('\n');
    return { markdown, json: results };
  },
};
