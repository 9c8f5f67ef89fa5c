import { randomUUID } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from './load.ts';
import { median, round, table } from './numbers.ts';
import type { Part } from './part.ts';
import { startService } from './servers.ts';

const PATH = '/cds-services/rehab-first-order-select/feedback';
const PAGE = 4096;
const ROWS = 200;

/** Feedback that is on the disk when it is answered, beside what the disk can do. */
export const feedback: Part = {
  name: 'feedback',
  run: async ({ now, isQuick, tell }) => {
    const service = await startService();
    const dir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-disk-'));
    const outcomeTimestamp = now().toISOString();
    const bodyOfNew = () =>
      Buffer.from(JSON.stringify({ feedback: [{ card: randomUUID(), outcome: 'overridden', outcomeTimestamp }] }));
    const rows = async (concurrency: number) => {
      const { ms } = await load(service.url, { calls: ROWS, concurrency, path: PATH, body: bodyOfNew });
      return (ROWS / ms) * 1000;
    };
    const found: { disk: number; single: number; many: number }[] = [];
    for (let turn = -1; turn < (isQuick ? 3 : 9); turn += 1) {
      tell(`feedback: round ${turn + 1}`);
      const one = { disk: syncsPerSecond(join(dir, 'file')), single: await rows(1), many: await rows(64) };
      if (turn >= 0) found.push(one);
    }
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
    const of = (part: (one: (typeof found)[number]) => number) => median(found.map(part));
    const json = {
      syncsPerSecond: round(
        of(({ disk }) => disk),
        0,
      ),
      singlePerSecond: round(
        of(({ single }) => single),
        0,
      ),
      manyPerSecond: round(
        of(({ many }) => many),
        0,
      ),
      singleOfDisk: round(
        of(({ single, disk }) => single / disk),
        2,
      ),
      manyOfDisk: round(
        of(({ many, disk }) => many / disk),
        2,
      ),
    };
    const markdown = [
      'Each row is answered 200 when it is on the disk. Beside it, in turns, a file in the same file system, of which a page is written and synced with',
      '`fdatasync`, again and again.',
      '',
      table(
        ['', 'a second', 'beside the disk'],
        [
          ['fdatasync of a page', json.syncsPerSecond, '1.00'],
          ['rows, one after the other', json.singlePerSecond, json.singleOfDisk.toFixed(2)],
          ['rows, 64 at once', json.manyPerSecond, json.manyOfDisk.toFixed(2)],
        ],
      ),
    ].join('\n');
    return { markdown, json };
  },
};

function syncsPerSecond(file: string): number {
  const page = Buffer.alloc(PAGE, 1);
  const handle = openSync(file, 'w');
  // the file has its length already, as a database's log has: else each sync would also write the new length
  writeSync(handle, Buffer.alloc(PAGE * ROWS));
  fdatasyncSync(handle);
  const startedAt = performance.now();
  for (let count = 0; count < ROWS; count += 1) {
    writeSync(handle, page, 0, PAGE, count * PAGE);
    fdatasyncSync(handle);
  }
  const ms = performance.now() - startedAt;
  closeSync(handle);
  return (ROWS / ms) * 1000;
}
