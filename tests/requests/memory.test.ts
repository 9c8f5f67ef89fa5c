import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Card } from '../../src/cds-hooks/types.ts';
import { Unavailable } from '../../src/errors.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { CardRecord, Store } from '../../src/store/store.ts';
import { ENGINES, type TestDatabase } from '../store/engines.ts';
import { type RequestFixture, readRequest } from '../support/fixtures.ts';
import { type RealApp, type RealAppOptions, startRealApp } from '../support/real-app.ts';

const TODAY = '2026-11-24';
const knowledge = loadKnowledge({ dir: 'cards' });
const quietDays = knowledge.parameters.get('quiet.days')?.value ?? Number.NaN;
const dayAfter = (days: number) => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);
const select = () => readRequest('order-select/gluteal-no-rehab.json');
const sign = () => readRequest('order-sign/gluteal-no-rehab.json');
const NORTH = { client: 'north', tenant: 'ward-1' };

const opened: RealApp[] = [];
afterEach(() => Promise.all(opened.splice(0).map((app) => app.close())));

/** A replica of the service on a day. */
async function serviceOn(day: string, store: RealAppOptions['store'], caller = NORTH, more: RealAppOptions = {}) {
  const app = await startRealApp(day, {
    knowledge,
    ...(store && { store }),
    ...more,
    changes: { authenticate: async () => caller },
  });
  opened.push(app);
  const ask = async (request: RequestFixture) => {
    const { status, body } = await app.call(request.hook, request);
    expect(status).toBe(200);
    return (body as { cards: Card[] }).cards;
  };
  const answer = async (card: Card | undefined, more: object, status = 200) => {
    const item = { card: card?.uuid, outcomeTimestamp: `${TODAY}T12:00:00Z`, ...more };
    const response = await fetch(`${app.url}/cds-services/rehab-first-order-select/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ feedback: [item] }),
    });
    expect(response.status).toBe(status);
  };
  return { app, ask, answer };
}

describe.each(ENGINES)('not said twice, on %s', (_, engine) => {
  let database: TestDatabase;
  let store: Store;
  const open = () => database.open({ clock: () => new Date(`${TODAY}T12:00:00Z`) });
  beforeAll(engine.start);
  afterAll(engine.stop);
  beforeEach(async () => {
    database = await engine.create();
    store = await open();
  });
  afterEach(() => database.remove());

  test('nothing is answered: signing says again what selecting said', async () => {
    const { ask } = await serviceOn(TODAY, store);
    expect(await ask(select())).toHaveLength(1);
    expect(await ask(sign())).toHaveLength(1);
  });

  test.each([
    ['overridden', { outcome: 'overridden', overrideReason: { reason: { code: 'rehab-done-elsewhere' } } }],
    ['overridden without a reason', { outcome: 'overridden' }],
    ['accepted', { outcome: 'accepted', acceptedSuggestions: [{ id: 'any' }] }],
  ])('%s: signing says nothing, on another replica, after a restart', async (_outcome, said) => {
    const first = await serviceOn(TODAY, store);
    const [card] = await first.ask(select());
    await first.answer(card, said);
    await store.flush();
    const second = await serviceOn(TODAY, await open());
    expect(await second.ask(sign())).toEqual([]);
    expect(await second.ask(select())).toEqual([]);
    await store.close();
    const third = await serviceOn(TODAY, await open());
    expect(await third.ask(sign())).toEqual([]);
  });

  test('the quiet period ends after so many days', async () => {
    const first = await serviceOn(TODAY, store);
    const [card] = await first.ask(select());
    await first.answer(card, { outcome: 'overridden' });
    for (const [days, cards] of [
      [quietDays, 0],
      [quietDays + 1, 1],
    ] as const) {
      const { ask } = await serviceOn(dayAfter(days), store);
      expect(await ask(sign()), `${days} days later`).toHaveLength(cards);
    }
  });

  test('another client, another tenant and another kind of order are told', async () => {
    const first = await serviceOn(TODAY, store);
    const [card] = await first.ask(select());
    await first.answer(card, { outcome: 'overridden' });
    for (const caller of [
      { client: 'south', tenant: 'ward-1' },
      { client: 'north', tenant: 'ward-2' },
      { client: '', tenant: '' },
    ]) {
      const [other] = await (await serviceOn(TODAY, store, caller)).ask(select());
      expect(other?.summary).toBe(card?.summary);
      expect(other?.uuid).not.toBe(card?.uuid);
    }
    expect(await first.ask(readRequest('order-select/discectomy-no-care.json'))).toHaveLength(1);
  });

  test('a limit that is breached after another answer is told once, and then no more', async () => {
    const { ask, answer } = await serviceOn(TODAY, store);
    const [card] = await ask(select());
    await answer(card, { outcome: 'overridden' });
    const breached = select();
    const third = JSON.stringify(readRequest('order-select/gluteal-third-steroid.json').prefetch?.procedures);
    const injections = JSON.parse(
      third
        .replaceAll('gluteal-third-steroid-procedure', 'other')
        .replaceAll('gluteal-third-steroid', 'gluteal-no-rehab'),
    );
    (breached.prefetch as Record<string, unknown>).procedures = injections;
    const [limit] = await ask(breached);
    expect(limit?.summary).not.toBe(card?.summary);
    expect(limit?.extension?.['org.rehab-first.why']).toMatchObject({ card: 'trochanteric-limit' });
    await answer(limit, { outcome: 'overridden' });
    expect(await ask(breached)).toEqual([]);
  });

  test('an answer on a card of another client silences nobody', async () => {
    const north = await serviceOn(TODAY, store);
    const [card] = await north.ask(select());
    await (await serviceOn(TODAY, store, { client: 'south', tenant: '' })).answer(card, { outcome: 'overridden' });
    expect(await north.ask(sign())).toHaveLength(1);
  });

  test('every call in scope is on record, and holds nobody by name or id', async () => {
    const { ask, answer } = await serviceOn(TODAY, store);
    const [card] = await ask(select());
    await answer(card, { outcome: 'overridden' });
    await ask(sign());
    await ask(readRequest('order-select/sciatica-urinary-retention.json'));
    await ask(readRequest('order-select/knee-osteoarthritis.json'));
    await store.flush();
    const decisions = await database.query('select hook, cards from decision order by time, id');
    const rows = decisions.flatMap(({ hook, cards }) =>
      (JSON.parse(String(cards)) as CardRecord[]).map((card) => ({ hook, ...card })),
    );
    const winning = rows.filter((row) => row.card === 'trochanteric-injection');
    expect(winning).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ hook: 'order-select', verdict: 'fires', disposition: 'shown', uuid: card?.uuid }),
        expect.objectContaining({ hook: 'order-sign', verdict: 'fires', disposition: 'quiet' }),
      ]),
    );
    expect(rows).toContainEqual(expect.objectContaining({ verdict: 'silent', silencedBy: 'cauda-equina' }));
    const all = JSON.stringify([await database.query('select * from decision'), rows]);
    // ids of resources are kept; that the fixtures' begin with the patient's is chance
    expect(all).not.toMatch(/"(?:gluteal-no-rehab|sciatica-urinary-retention)\\?"|Patient\//);
    expect(all).not.toContain('knee');
  });

  test('a store that fails costs memory, never a card; feedback is refused; all is well again without a restart', async () => {
    const told: string[] = [];
    const { app, ask, answer } = await serviceOn(TODAY, store, NORTH, {
      report: (problem) => told.push(problem),
      readiness: () => (store.isHealthy() ? 'ok' : 'store-failing'),
    });
    const ready = async () => {
      const response = await fetch(`${app.url}/health/ready`);
      return [response.status, await response.json()];
    };
    const [card] = await ask(select());
    const repair = await database.breakDown();
    expect(await ask(select())).toHaveLength(1);
    expect(await ask(sign())).toHaveLength(1);
    await answer(card, { outcome: 'overridden' }, 503);
    expect(told).toContain('what was answered before is not known');
    expect(await ready()).toEqual([503, { status: 'store-failing' }]);
    await repair();
    await expect.poll(ready, { timeout: 20_000 }).toEqual([200, { status: 'ok' }]);
    await answer(card, { outcome: 'overridden' });
    expect(await ask(sign())).toEqual([]);
  });
});

describe('what is on record of a call', () => {
  test('order, verdicts, timings, and the error where one was answered', async () => {
    const { app, ask } = await serviceOn(TODAY, undefined);
    const [card] = await ask(select());
    const { prefetch: _, fhirServer: __, ...unreadable } = select();
    expect((await app.call('order-select', unreadable)).status).toBe(412);
    const [shown, failed] = app.decisions;
    expect(shown).toMatchObject({
      ...NORTH,
      hook: 'order-select',
      service: 'rehab-first-order-select',
      hookInstance: select().hookInstance,
      knowledge: knowledge.revision,
      patient: 'gluteal-no-rehab',
      orderClasses: ['trochanteric-gluteal-injection'],
    });
    expect(Object.keys(shown?.timings ?? {})).toEqual(['admit', 'read', 'chart', 'judge', 'memory', 'render']);
    const fired = shown?.cards.find(({ disposition }) => disposition === 'shown');
    expect(fired).toMatchObject({ verdict: 'fires', indicator: 'warning', uuid: card?.uuid });
    expect(fired?.references.length).toBeGreaterThan(0);
    expect(failed).toMatchObject({ failure: 'chart-incomplete', cards: [] });
  });

  test('nothing of a call out of scope', async () => {
    const { app, ask } = await serviceOn(TODAY, undefined);
    await ask(readRequest('order-select/knee-osteoarthritis.json'));
    await ask(readRequest('order-select/gluteal-no-rehab-lab-selected.json'));
    expect(app.decisions).toEqual([]);
  });

  test('a draft is judged and never shown, and its chart missing is no failure', async () => {
    const { app, ask } = await serviceOn(TODAY, undefined);
    const request = readRequest('order-select/sandbox-pama-lumbar-mri.json');
    expect(await ask(request)).toEqual([]);
    const { prefetch: _, fhirServer: __, ...unreadable } = request;
    expect(await ask(unreadable)).toEqual([]);
    expect(app.decisions.map(({ orderClasses }) => orderClasses)).toEqual([['lumbar-mri'], ['lumbar-mri']]);
    expect(app.decisions[0]?.cards.map(({ disposition }) => disposition ?? 'none')).not.toContain('shown');
    expect(app.decisions[1]?.failure).toBe('chart-incomplete');
  });

  test('a store that does not answer is not waited for, and what is told of it names the trace of the call', async () => {
    const told: unknown[] = [];
    const { app, ask } = await serviceOn(
      TODAY,
      {
        answeredWithin: () => new Promise(() => {}),
        recordDecision: async () => {
          throw new Unavailable('The store is closed.');
        },
        recordFeedback: async () => {},
      },
      NORTH,
      { report: (problem, _error, trace) => told.push([problem, trace?.traceId]) },
    );
    expect(await ask(select())).toHaveLength(1);
    await expect.poll(() => app.entries).toHaveLength(1);
    const [{ traceId } = {}] = app.entries;
    expect(told).toEqual([
      ['what was answered before is not known', traceId],
      ['a decision is not recorded', traceId],
    ]);
  });
});
