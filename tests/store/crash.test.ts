import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES, KEY, type TestDatabase } from './engines.ts';

const LONG_ROUNDS = Number(process.env.CRASH_ROUNDS ?? 0);
const CHILD = fileURLToPath(new URL('crash-child.js', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/store/open.js', import.meta.url));
/** Decisions on PostgreSQL may be lost when they are younger than this; the rest is for a commit on a machine under load. */
const QUEUED_MS = 100;
const SLACK_MS = 50;

describe.each(ENGINES)('kill -9 under load on %s', (name, engine) => {
  const rounds = LONG_ROUNDS || (name === 'SQLite' ? 5 : 1);
  let database: TestDatabase;

  beforeAll(async () => {
    if (!existsSync(BUILT)) throw new Error('dist/ is missing: run these specs by `npm test`, which builds first');
    await engine.start();
    database = await engine.create();
    await (await database.open()).close();
  });
  afterAll(async () => {
    await database.remove();
    await engine.stop();
  });

  test(`of ${rounds} times, every acknowledged row is there and the database is intact`, async () => {
    let rows = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { decided, answered, alive } = await runAndKill(database, round);
      const kept = new Set((await database.query('select card from feedback')).map(({ card }) => card));
      expect(answered.filter((card) => !kept.has(card))).toEqual([]);
      const decisions = new Set((await database.query('select hook_instance as id from decision')).map(({ id }) => id));
      const lost = decided.filter(({ id }) => !decisions.has(id));
      const excused = name === 'SQLite' ? [] : lost.filter(({ at }) => at > alive - QUEUED_MS - SLACK_MS);
      expect(lost.filter((one) => !excused.includes(one))).toEqual([]);
      rows += answered.length;
    }
    expect(rows).toBeGreaterThan(rounds);
    if (name === 'SQLite') {
      expect(await database.query('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      expect(await database.query('pragma foreign_key_check')).toEqual([]);
    }
  }, 600_000);
});

/** Starts a writer, kills it at a moment that cannot be foreseen, and gives what it had acknowledged until then. */
async function runAndKill(database: TestDatabase, round: number) {
  const child = spawn(process.execPath, [CHILD, BUILT, JSON.stringify(database.place), String(round), KEY]);
  let printed = '';
  let complained = '';
  const closed = once(child, 'close');
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.startsWith('ready\n')) resolve();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complained += chunk.toString();
    });
    child.once('exit', () => reject(new Error('the writer ended before it began')));
  });
  await ready;
  await sleep(30 + Math.random() * 700);
  child.kill('SIGKILL');
  const [, signal] = await closed;
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself: ${complained}`);
  const lines = printed
    .slice(0, printed.lastIndexOf('\n'))
    .split('\n')
    .map((line) => line.split(' '));
  const decided = lines.flatMap(([kind, id = '', at]) => (kind === 'd' ? [{ id, at: Number(at) }] : []));
  return {
    decided,
    // by the writer's own clock, the last moment at which it is known to have had its turn before it was killed
    alive: Math.max(...decided.map(({ at }) => at)),
    answered: lines.flatMap(([kind, card = '']) => (kind === 'f' ? [card] : [])),
  };
}
