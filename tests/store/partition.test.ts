import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { ENGINES, NOW, type TestDatabase } from './engines.ts';
import { aCard, aDecision, CALLER, daysBefore, overridden, PATIENT, uuid } from './records.ts';

const SCRIPT = readFileSync('deploy/partition.sql', 'utf8');
const [, engine] = ENGINES.find(([name]) => name === 'PostgreSQL') as (typeof ENGINES)[number];
/** Days before `NOW`, the first of March 2026: in February, in December and in the summer before. */
const AGES = [20, 80, 200, 230];
const ALWAYS = { since: new Date(0), until: new Date(NOW.getTime() + 86_400_000) };

let database: TestDatabase;
let store: Store;
beforeAll(engine.start);
afterAll(engine.stop);
beforeEach(async () => {
  database = await engine.create();
  store = await database.open();
  for (const [index, days] of AGES.entries()) await record(index + 1, daysBefore(days));
  await store.flush();
});
afterEach(() => database.remove());

const record = (number: number, time: Date, changes = {}) =>
  store.recordDecision(
    aDecision({ time, hookInstance: `call-${number}`, cards: [aCard({ uuid: uuid(number) })], ...changes }),
  );
const kept = async () => {
  const found = [];
  for await (const { hookInstance, time, cards } of store.decisions(ALWAYS))
    found.push({ hookInstance, time, shown: cards[0]?.uuid });
  return found;
};
const partitions = async () => {
  const rows = await database.query(
    "select child.relname as name from pg_inherits join pg_class child on child.oid = inhrelid where inhparent = 'decision'::regclass order by 1",
  );
  return rows.map(({ name }) => String(name));
};
const keepDays = async (days: number) => {
  const [row] = await database.query(`select rehab_first_partitions(${days}, '${NOW.toISOString()}') as dropped`);
  return row?.dropped;
};

test('what was recorded before stays as it is, and lies in the months in which it was', async () => {
  const before = await kept();
  expect(before).toHaveLength(AGES.length);
  await database.query(SCRIPT);
  expect(await kept()).toEqual(before);
  const names = await partitions();
  expect(names).toEqual(
    expect.arrayContaining(['decision_2025_07', 'decision_2025_08', 'decision_2025_12', 'decision_2026_02']),
  );
  expect(await database.query('select * from decision_rest')).toEqual([]);
  await database.query(SCRIPT);
  expect(await partitions()).toEqual(names);
  expect(await kept()).toEqual(before);
});

test('the service goes on as before: it records, knows its cards, erases, and comes up again', async () => {
  await database.query(SCRIPT);
  await keepDays(36_500);
  await record(9, NOW);
  await record(9, NOW, { patient: 'somebody else' });
  await store.flush();
  expect(await kept()).toHaveLength(AGES.length + 2);
  expect(await database.query('select count(*)::integer as rows from decision_2026_03')).toEqual([{ rows: 2 }]);
  await store.recordFeedback([overridden({ card: uuid(9) })], CALLER);
  const about = { ...PATIENT, orderClass: 'trochanteric-gluteal-injection', since: daysBefore(30) };
  expect(await store.answeredWithin(about)).toBe(true);
  const again = await database.open();
  expect(again.isHealthy()).toBe(true);
  expect((await store.erasePatient(store.patientHmac(PATIENT))).decisions).toBe(AGES.length + 1);
  expect(await kept()).toHaveLength(1);
});

test('months past their time are dropped whole, and the service finds nothing left to remove', async () => {
  await database.query(SCRIPT);
  expect(await keepDays(190)).toBe(1); // July; the last day of August is 182 days ago
  expect((await kept()).map(({ hookInstance }) => hookInstance).sort()).toEqual(['call-1', 'call-2', 'call-3']);
  expect(await partitions()).not.toContain('decision_2025_07');
  expect((await store.sweep(NOW, 220)).decisions).toBe(0);
  expect(await keepDays(190)).toBe(0);
});

test('a decision of a month that nobody made a partition for is kept, and moves when there is one', async () => {
  await database.query(SCRIPT);
  const later = new Date('2031-05-05T12:00:00Z');
  await record(7, later);
  await store.flush();
  expect(await database.query('select count(*)::integer as rows from decision_rest')).toEqual([{ rows: 1 }]);
  await database.query(`select rehab_first_month('${later.toISOString()}')`);
  expect(await database.query('select count(*)::integer as rows from decision_rest')).toEqual([{ rows: 0 }]);
  expect(await database.query('select count(*)::integer as rows from decision_2031_05')).toEqual([{ rows: 1 }]);
});
