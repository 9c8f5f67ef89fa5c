import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { reportOn } from '../../src/insights/build.ts';
import { readDays } from '../../src/insights/period.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { ENGINES, NOW, type TestDatabase } from './engines.ts';
import { aCard, aDecision, CALLER, overridden, uuid } from './records.ts';

const [, engine] = ENGINES.find(([name]) => name === 'PostgreSQL') as (typeof ENGINES)[number];
let database: TestDatabase;

beforeAll(engine.start);
afterAll(engine.stop);
beforeEach(async () => {
  database = await engine.create();
});
afterEach(() => database.remove());

test('two replicas on one database have one report: each counts what the other showed and was answered', async () => {
  const knowledge = loadKnowledge({ dir: 'cards', skipsVignettes: true });
  const [one, other] = [await database.open(), await database.open()];
  const shownBy = (store: typeof one, number: number) =>
    store.recordDecision(
      aDecision({
        time: new Date(NOW.getTime() - 60_000),
        hookInstance: `h-${number}`,
        cards: [aCard({ uuid: uuid(number) })],
      }),
    );
  for (const number of [1, 2, 3]) await shownBy(one, number);
  for (const number of [4, 5]) await shownBy(other, number);
  // a doctor's answer comes to whichever replica is free
  await other.recordFeedback([overridden({ card: uuid(1) })], CALLER);
  await one.recordFeedback([overridden({ card: uuid(4) }), overridden({ card: uuid(5) })], CALLER);
  await Promise.all([one.flush(), other.flush()]);

  const days = readDays({ weeks: '4' }, NOW, 'UTC');
  const reports = [await reportOn(one, days, knowledge), await reportOn(other, days, knowledge)];
  expect(reports[0]?.funnel).toMatchObject({ inScope: 5, shown: 5 });
  expect(reports[0]?.total).toMatchObject({ overridden: 3, ignored: 2 });
  expect(reports[1]).toEqual(reports[0]);
});

test('feedback that comes before the decision it answers finds it all the same, also by another replica', async () => {
  const [one, other] = [await database.open(), await database.open()];
  const patient = { ...CALLER, patient: 'patient-early' };
  const about = { ...patient, orderClass: aCard().orderClass, since: new Date(NOW.getTime() - 86_400_000) };
  await other.recordFeedback([overridden({ card: uuid(77) })], CALLER);
  expect(await other.answeredWithin(about)).toBe(false);
  await one.recordDecision(aDecision({ ...patient, hookInstance: 'h-77', cards: [aCard({ uuid: uuid(77) })] }));
  await one.flush();
  await vi.waitFor(async () => expect(await other.answeredWithin(about)).toBe(true), { timeout: 5000 });
});
