import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKnowledge } from '../src/knowledge/load.ts';
import { writeManyCards, writeManyCodes } from '../tests/support/many-cards.ts';
import { load } from './load.ts';
import { median, table } from './numbers.ts';
import type { Part } from './part.ts';
import { type Payload, payloads } from './payloads.ts';
import { type Server, startService } from './servers.ts';

const PATH = '/cds-services/rehab-first-order-select';
const CARDS = 1000;
const CODES = 10_000;
const AT_ONCE = 8;
const MB = 1_000_000;
const CALLS: Readonly<Record<Payload['size'], number>> = { 12: 200, 108: 100, 1000: 16 };

/** What grows with knowledge and charts: start, memory, and the cost of a call. */
export const growth: Part = {
  name: 'growth',
  run: async ({ now, isQuick, tell }) => {
    const dir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-growth-'));
    const own = loadKnowledge({ dir: 'cards', skipsVignettes: true }).cards.length;
    writeManyCards(join(dir, 'cards'), CARDS - own);
    writeManyCodes(join(dir, 'codes'), CODES);
    const packs = [
      { name: `${own} cards`, env: {} },
      { name: `${CARDS} cards`, env: { CARDS_DIR: join(dir, 'cards') } },
      { name: `${CODES} codes more`, env: { CARDS_DIR: join(dir, 'codes') } },
    ];
    const servers: (Server & { name: string; heap: number; rss: number })[] = [];
    for (const { name, env } of packs) {
      tell(`growth: starting with ${name}`);
      const server = await startService(env);
      const { heapUsed, rss } = await server.usage('collect');
      servers.push({ ...server, name, heap: heapUsed, rss });
    }
    const bodies = payloads(now());
    const costs = new Map<string, number[]>();
    for (let turn = -3; turn < (isQuick ? 3 : 9); turn += 1) {
      tell(`growth: round ${turn + 1}`);
      for (const payload of bodies) {
        for (const server of servers) {
          const ms = await costOf(server, payload);
          const key = `${server.name} ${payload.size} ${payload.scope}`;
          if (turn >= 0) costs.set(key, [...(costs.get(key) ?? []), ms]);
        }
      }
    }
    for (const server of servers) await server.stop();
    rmSync(dir, { recursive: true, force: true });
    const rows = servers.map(({ name, startedInMs, heap, rss }) => {
      const cells = bodies.map(({ size, scope }) => median(costs.get(`${name} ${size} ${scope}`) ?? []));
      return {
        name,
        startedInMs: Math.round(startedInMs),
        heapMb: Math.round(heap / MB),
        rssMb: Math.round(rss / MB),
        cells,
      };
    });
    const head = [
      '',
      'start ms',
      'idle heap MB',
      'idle RSS MB',
      ...bodies.map(({ size, scope }) => `${size} KB ${scope}`),
    ];
    const markdown = [
      'Idle memory is that after a collection, in open mode with the demo EHR and the workbench. The other columns are CPU ms of a call.',
      '',
      table(
        head,
        rows.map(({ name, startedInMs, heapMb, rssMb, cells }) => [
          name,
          startedInMs,
          heapMb,
          rssMb,
          ...cells.map((ms) => ms.toFixed(3)),
        ]),
      ),
    ].join('\n');
    return { markdown, json: rows };
  },
};

async function costOf(server: Server, { size, bodies }: Payload): Promise<number> {
  const before = await server.usage();
  const calls = CALLS[size];
  const body = (call: number) => bodies[call % bodies.length] ?? Buffer.alloc(0);
  const { shed } = await load(server.url, { calls, concurrency: AT_ONCE, path: PATH, body });
  const after = await server.usage();
  return (after.cpuMs - before.cpuMs) / (calls - shed);
}
