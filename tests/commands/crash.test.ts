import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Libsql from 'libsql';
import { expect, test } from 'vitest';
import { run, type Started, start } from './run.ts';

/** `npm run test:long` kills it many times. */
const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 0) || 1;
const DOCTORS = 8;
const SERVICE = 'rehab-first-order-select';

/** What the service had answered with 200 when it was killed. */
interface Answered {
  /** Hook instances. */
  readonly calls: string[];
  /** Card uuids. */
  readonly feedback: string[];
}

test(`of the service, killed under load ${ROUNDS} times, every call and all feedback that it answered are there`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rehab-first-data-'));
  const answered: Answered = { calls: [], feedback: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = [answered.calls.length, answered.feedback.length];
    await loadAndKill(await start({ DATA_DIR: dataDir, LOG_LEVEL: 'warn' }), answered);
    expect(answered.calls.length, `round ${round}`).toBeGreaterThan(before[0] ?? 0);
    expect(answered.feedback.length, `round ${round}`).toBeGreaterThan(before[1] ?? 0);
    const again = await start({ DATA_DIR: dataDir, LOG_LEVEL: 'warn' });
    expect((await fetch(`${again.url}/health/ready`)).status).toBe(200);
    const kept = readStore(dataDir);
    expect(answered.calls.filter((id) => !kept.calls.has(id))).toEqual([]);
    expect(answered.feedback.filter((card) => !kept.feedback.has(card))).toEqual([]);
    expect(kept.integrity).toEqual([{ integrity_check: 'ok' }]);
    expect(await again.stop()).toBe(0);
  }
  const { stdout } = await run(['feedback', '--format', 'ndjson'], { DATA_DIR: dataDir });
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { cardUuid: string; hookInstance?: string });
  const exported = new Map(lines.map(({ cardUuid, hookInstance }) => [cardUuid, hookInstance]));
  for (const card of answered.feedback) expect(exported.get(card), 'feedback without its call').toBeDefined();
  rmSync(dataDir, { recursive: true, force: true });
}, 1_200_000);

/** Doctors who call and answer without a rest, each call about a patient of its own, until the service is killed amid them. */
async function loadAndKill(service: Started, answered: Answered): Promise<void> {
  const curl = service.lines.find((line) => line.startsWith('curl ')) ?? '';
  const example = / -d '(.*)' http/.exec(curl)?.[1] ?? '';
  const { hookInstance: instance, context } = JSON.parse(example) as {
    hookInstance: string;
    context: { patientId: string };
  };
  const post = async (path: string, body: string) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${service.url}/cds-services/${SERVICE}${path}`, { method: 'POST', headers, body });
    if (response.status !== 200) throw new Error(`${path || 'call'} answered ${response.status}`);
    return response.json() as Promise<{ cards: { uuid: string }[] }>;
  };
  let isKilled = false;
  const practise = async () => {
    while (!isKilled) {
      const hookInstance = randomUUID();
      const body = example.replaceAll(instance, hookInstance).replaceAll(context.patientId, `p-${hookInstance}`);
      const { cards } = await post('', body);
      answered.calls.push(hookInstance);
      const [card] = cards;
      if (card === undefined) throw new Error('the example gets no card');
      const outcomeTimestamp = new Date().toISOString();
      await post(
        '/feedback',
        JSON.stringify({ feedback: [{ card: card.uuid, outcome: 'overridden', outcomeTimestamp }] }),
      );
      answered.feedback.push(card.uuid);
    }
  };
  const killing = sleep(500 + Math.random() * 1500).then(async () => {
    isKilled = true;
    await service.kill();
  });
  /** A connection that the kill cut is no answer; anything else that goes wrong is a fault. */
  const doctors = Array.from({ length: DOCTORS }, () =>
    practise().catch((error: Error) => {
      if (!isKilled) throw error;
    }),
  );
  await Promise.all([killing, ...doctors]);
}

function readStore(dataDir: string) {
  const db = new Libsql(join(dataDir, 'rehab-first.db'), { timeout: 5000 });
  try {
    const column = (statement: string) =>
      new Set((db.prepare(statement).all() as { value: string }[]).map(({ value }) => value));
    return {
      calls: column('select hook_instance as value from decision'),
      feedback: column('select card as value from feedback'),
      integrity: db.prepare('pragma integrity_check').all(),
    };
  } finally {
    db.close();
  }
}
