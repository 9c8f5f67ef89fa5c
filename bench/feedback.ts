import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from './load.ts';
import { median, round, table } from './numbers.ts';
import type { Part } from './part.ts';
import { payloads } from './payloads.ts';
import { startService } from './servers.ts';

const SERVICE = '/cds-services/rehab-first-order-select';
const PAGE = 4096;
const ROWS = 200;
/** Rows that come first and count for nothing. */
const WARM_UP_ROWS = 2000;

/** Feedback that is on the disk when it is answered, beside what the disk can do. */
export const feedback: Part = {
  name: 'feedback',
  run: async ({ now, isQuick, tell }) => {
    const service = await startService();
    const dir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-disk-'));
    const card = await showCard(service.url, now());
    let answered = now().getTime();
    // a doctor answers a card once; with another time it is another row
    const bodyOfNew = () => {
      answered -= 1;
      const outcomeTimestamp = new Date(answered).toISOString();
      return Buffer.from(JSON.stringify({ feedback: [{ card, outcome: 'overridden', outcomeTimestamp }] }));
    };
    const rows = async (concurrency: number, count = ROWS) => {
      const { ms } = await load(service.url, {
        ...{ calls: count, concurrency },
        path: `${SERVICE}/feedback`,
        body: bodyOfNew,
      });
      return (count / ms) * 1000;
    };
    await rows(16, WARM_UP_ROWS);
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
      'Each row, an answer to a card that was shown, is answered 200 when it is on the disk. Beside it, in turns, a file in the same file system,',
      'of which a page is written and synced with `fdatasync`, again and again.',
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

/** The uuid of a card that the service has shown. */
async function showCard(url: string, now: Date): Promise<string> {
  const [payload] = payloads(now, [12]);
  const response = await fetch(url + SERVICE, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: String(payload?.bodies[0]),
  });
  const { cards } = (await response.json()) as { cards: { uuid?: string }[] };
  const uuid = cards[0]?.uuid;
  if (uuid === undefined) throw new Error('no card to answer');
  return uuid;
}

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
