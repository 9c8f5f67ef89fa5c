import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admitAnybody } from '../../src/cli/admission.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { explainCall } from '../../src/workbench/explain.ts';
import type { Explanation, OrderChoice, Reason, Setup } from '../../src/workbench/explanation.ts';
import { expectations, readRequest } from '../support/fixtures.ts';
import { startWorkbench, type WorkbenchApp } from '../support/workbench.ts';
import { workbenchCall } from '../support/workbench-call.ts';

const TODAY = '2026-11-24';
const CARDS = loadKnowledge({ dir: 'cards' }).services[0]?.cards.length;
let app: WorkbenchApp;
beforeAll(async () => {
  app = await startWorkbench(TODAY);
});
afterAll(() => app.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${app.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const explain = async (file: string): Promise<Explanation> =>
  (await (await post('/workbench/explain', readRequest(file))).json()) as Explanation;
const all = (reasons: readonly Reason[]): Reason[] => reasons.flatMap((one) => [one, ...all(one.parts)]);

describe('an explanation', () => {
  const stories = expectations().filter(
    ({ file, today }) => today === TODAY && readRequest(file).prefetch !== undefined && file.startsWith('order-select'),
  );

  test.each(stories.map((row) => [row.file, row] as const))(
    'of %s comes to what the call is answered',
    async (file, row) => {
      const explanation = await explain(file);
      const shown = explanation.cards.filter(({ isShown }) => isShown);
      expect(shown.map(({ indicator }) => indicator ?? 'silent')).toEqual(row.expect === 'silent' ? [] : [row.expect]);
      expect(explanation.cards.length).toBe(CARDS);
    },
  );

  test('names the condition that silences, and its evidence', async () => {
    const { silencedBy, cards } = await explain('order-select/sciatica-urinary-retention.json');
    expect(silencedBy).toBe('cauda equina signs');
    const silent = cards.find(({ verdict }) => verdict === 'silent');
    const holding = all(silent?.silence ?? []).filter(
      ({ truth, evidence }) => truth === 'holds' && evidence.length > 0,
    );
    expect(holding.flatMap(({ evidence }) => evidence)).toContainEqual(
      expect.objectContaining({ reference: expect.stringMatching(/^Condition\//) }),
    );
  });

  test('has the chart on a time axis, physiotherapy and injections apart', async () => {
    const programme = await explain('order-select/gluteal-completed-programme.json');
    const rung = (explanation: Explanation, name: string) => explanation.timeline.filter((item) => item.rung === name);
    expect(new Set(rung(programme, 'exercise').map(({ from }) => from)).size).toBeGreaterThanOrEqual(12);
    expect(rung(programme, 'infiltration')).toEqual([]);
    const third = await explain('order-select/gluteal-third-steroid.json');
    expect(rung(third, 'infiltration').map(({ from }) => from)).toEqual(
      expect.arrayContaining(['2026-02-24', '2026-06-24']),
    );
  });

  test('shows the chart also when no order is in scope', async () => {
    const { orders, pathway, timeline, cards } = await explain('order-select/knee-osteoarthritis.json');
    expect([orders, pathway]).toEqual([[], []]);
    expect(timeline.length).toBeGreaterThan(3);
    expect(new Set(cards.map(({ verdict }) => verdict))).toEqual(new Set(['other-order']));
  });

  test('stands on the rung that the chart shows', async () => {
    const rung = async (file: string) =>
      Object.fromEntries((await explain(file)).pathway.map((step) => [step.name, step]));
    const before = await rung('order-select/gluteal-no-rehab.json');
    expect(before.exercise).toMatchObject({ state: 'none', isNext: true });
    expect(before.education).toMatchObject({ isNext: true });
    expect(before.infiltration).toMatchObject({ isOrdered: true, isNext: false });
    const flagged = await rung('order-select/sciatica-urinary-retention.json');
    expect(Object.values(flagged).filter(({ isNext }) => isNext)).toEqual([]);
    const limited = await rung('order-select/gluteal-third-steroid.json');
    expect([limited.exercise?.state, limited.infiltration?.isNext]).toEqual(['done', false]);
    const partly = await rung('order-select/sciatica-partial-care.json');
    expect(partly.exercise).toMatchObject({ state: 'some', isNext: true });
    const after = await rung('order-select/gluteal-completed-programme.json');
    expect(after.exercise).toMatchObject({ state: 'done' });
    expect(after.infiltration).toMatchObject({ isOrdered: true, isNext: true });
  });

  test('a rung that no fact tells of is told by the chart', async () => {
    const plasma = async (request: ReturnType<typeof readRequest>) => {
      const { pathway } = (await (await post('/workbench/explain', request)).json()) as Explanation;
      return pathway.find(({ name }) => name === 'plasma')?.state;
    };
    const request = readRequest('order-select/gluteal-no-rehab.json');
    const { procedures: _, ...fewer } = request.prefetch as Record<string, { entry?: object[] }>;
    const coding = [{ system: 'http://www.ama-assn.org/go/cpt', code: '0232T' }];
    const resource = {
      resourceType: 'Procedure',
      id: 'plasma',
      status: 'completed',
      subject: { reference: 'Patient/gluteal-no-rehab' },
      performedDateTime: '2026-03-02',
      code: { coding },
    };
    const procedures = { resourceType: 'Bundle', type: 'searchset', entry: [{ resource }] };
    expect(await plasma({ ...request, prefetch: { ...fewer, procedures } } as never)).toBe('had');
    expect(await plasma({ ...request, prefetch: fewer } as never)).toBe('unknown');
    expect(await plasma(request)).toBe('none');
  });

  test('of another pack draws no ladder, as that pack has none', async () => {
    const clock = () => new Date(`${TODAY}T12:00:00Z`);
    const { openReader } = admitAnybody({ fhirBudgetMs: 1000 });
    const deps = { knowledge: loadKnowledge({ dir: 'tests/packs/knee' }), clock, timeZone: 'UTC', openReader };
    const request = JSON.parse(readFileSync('tests/packs/knee.request.json', 'utf8'));
    const { cards, pathway, timeline } = await explainCall(request, deps);
    expect(cards.filter(({ isShown }) => isShown)).toHaveLength(1);
    expect(pathway).toEqual([]);
    expect(timeline.filter(({ lane }) => lane === 'treatment')).toEqual([]);
  });

  test('is refused as the call would be', async () => {
    const { prefetch: _, ...bare } = readRequest('order-select/gluteal-no-rehab.json');
    expect((await post('/workbench/explain', bare)).status).toBe(412);
    expect((await post('/workbench/explain', '{')).status).toBe(400);
    expect((await post('/workbench/explain', JSON.stringify({ a: 'x'.repeat(5_000_001) }))).status).toBe(413);
  });

  test('is recorded nowhere, and its log line names no patient', async () => {
    await explain('order-select/gluteal-no-rehab.json');
    const decisions: unknown[] = [];
    for await (const one of app.store.decisions({ since: new Date(0), until: new Date('2100-01-01') }))
      decisions.push(one);
    expect(decisions).toEqual([]);
    await expect.poll(() => JSON.stringify(app.entries)).toContain('/workbench/explain');
    expect(JSON.stringify(app.entries)).not.toContain('gluteal-no-rehab');
  });

  test('speaks the language that is asked for', async () => {
    const knowledge = loadKnowledge({ dir: 'cards' }).translations.get('es');
    const clock = () => new Date(`${TODAY}T12:00:00Z`);
    const { openReader } = admitAnybody({ fhirBudgetMs: 1000 });
    const request = readRequest('order-select/gluteal-no-rehab.json');
    const response = await post('/workbench/explain', request, { 'accept-language': 'es' });
    expect(response.headers.get('content-language')).toBe('es');
    const deps = { knowledge: knowledge ?? loadKnowledge({ dir: 'cards' }), clock, timeZone: 'UTC', openReader };
    expect(await response.json()).toEqual(await explainCall(request as never, deps));
  });
});

describe('what can be chosen', () => {
  const setup = async (language = 'en') =>
    (await (
      await fetch(`${app.url}/workbench/data.json`, { headers: { 'accept-language': language } })
    ).json()) as Setup;
  const explained = async (order: OrderChoice, patientId = 'gluteal-no-rehab') =>
    (await (await post('/workbench/explain', workbenchCall(patientId, order, TODAY))).json()) as Explanation;

  test('every patient has a story and an order', async () => {
    const { patients } = await setup();
    expect(patients.length).toBe(20);
    expect(
      patients.filter(({ order, name, birthDate }) => order === undefined || name === '' || birthDate === ''),
    ).toEqual([]);
  });

  test.each(['en', 'es'])('every kind of order of the ladder is known for what it is, in %s', async (language) => {
    const titles = new Map(
      (await setup()).ladder.flatMap(({ orders }) => orders).map(({ name, title }) => [name, title]),
    );
    const ladder = (await setup(language)).ladder.flatMap(({ orders }) => orders);
    expect(ladder.length).toBe(titles.size);
    for (const { name, what, site } of ladder) {
      const { orders } = await explained({ what, site, reason: { text: '' }, priority: 'routine' });
      expect(orders[0]?.isA, name).toBe(titles.get(name));
    }
  });

  test('an order in Spanish comes to what it comes to in English', async () => {
    const [english, spanish] = [await setup('en'), await setup('es')];
    const textsOf = ({ what, site, reason }: OrderChoice) => [what.text, site, reason.text];
    for (const [index, { id, order }] of english.patients.entries()) {
      const translated = spanish.patients[index]?.order;
      if (order === undefined || translated === undefined) throw new Error(`${id} has no order`);
      const same = textsOf(order).filter((text) => textsOf(translated).includes(text));
      expect(same.filter((text) => !/^L\d-[LS]\d$/.test(text))).toEqual([]);
      const [{ cards, pathway }, other] = [await explained(order, id), await explained(translated, id)];
      expect({ cards: other.cards, pathway: other.pathway }, id).toEqual({ cards, pathway });
    }
  });

  test('a chart can be looked at later, its story then lying further back', async () => {
    const dayOf = async (query: string) => {
      const chart = await (await fetch(`${app.url}/workbench/patients/gluteal-no-rehab${query}`)).json();
      return (chart as { timestamp: string }).timestamp.slice(0, 10);
    };
    expect([await dayOf(''), await dayOf('?ahead=56')]).toEqual([TODAY, '2026-09-29']);
    expect((await fetch(`${app.url}/workbench/patients/gluteal-no-rehab?ahead=-1`)).status).toBe(400);
    expect((await fetch(`${app.url}/workbench/patients/nobody`)).status).toBe(404);
  });
});

describe('the workbench is for this machine', () => {
  test.each(['/', '/workbench/data.json', '/workbench/patients/quick-look'])(
    'GET %s under another name: 403',
    async (path) => {
      const { request } = await import('node:http');
      const status = await new Promise((resolve) => {
        request(`${app.url}${path}`, { headers: { host: 'rebound.example.org' } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).end();
      });
      expect(status).toBe(403);
    },
  );

  test('no other origin may read it, and none may post to it', async () => {
    const response = await fetch(`${app.url}/workbench/data.json`, {
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    const preflight = await fetch(`${app.url}/workbench/forget`, {
      method: 'OPTIONS',
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('only answers for synthetic patients can be forgotten', async () => {
    expect((await post('/workbench/forget', { patient: 'somebody' })).status).toBe(400);
    expect((await post('/workbench/forget', { patient: 'quick-look' })).status).toBe(204);
  });
});
