import { load } from './load.ts';
import { table } from './numbers.ts';
import type { Part } from './part.ts';
import { payloads } from './payloads.ts';
import { startService } from './servers.ts';

const PATH = '/cds-services/rehab-first-order-select';
const CALLS = 500_000;
const QUICK_CALLS = 20_000;
const LOOKS = 10;
const AT_ONCE = 16;
/** One call in so many is about an order in scope. */
const IN_SCOPE = 10;
const MB = 1_000_000;

/** Memory of one process over many calls, most of them out of scope, as in real life. */
export const memory: Part = {
  name: 'memory',
  isLong: true,
  run: async ({ now, isQuick, tell }) => {
    const service = await startService({ LOG_LEVEL: 'warn' });
    const [inScope, outOfScope] = payloads(now(), [12]);
    const body = (call: number) => {
      const { bodies = [] } = (call % IN_SCOPE === 0 ? inScope : outOfScope) ?? {};
      return bodies[call % bodies.length] ?? Buffer.alloc(0);
    };
    const calls = (isQuick ? QUICK_CALLS : CALLS) / LOOKS;
    const rows = [];
    for (let look = 0; look <= LOOKS; look += 1) {
      if (look > 0) await load(service.url, { calls, concurrency: AT_ONCE, path: PATH, body });
      const { heapUsed, rss } = await service.usage('collect');
      rows.push({ calls: look * calls, heapMb: Number((heapUsed / MB).toFixed(1)), rssMb: Math.round(rss / MB) });
      tell(`memory: ${look * calls} calls`);
    }
    await service.stop();
    const markdown = [
      `Calls of 12 KB, ${AT_ONCE} at once, one in ${IN_SCOPE} in scope. The heap is what is left after a collection.`,
      '',
      table(
        ['calls', 'heap MB', 'RSS MB'],
        rows.map((row) => [row.calls, row.heapMb, row.rssMb]),
      ),
    ].join('\n');
    return { markdown, json: rows };
  },
};
