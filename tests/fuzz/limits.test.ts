import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post } from '../contract/fake-app.ts';
import { startFhirServer } from '../support/fhir-server.ts';
import { readPatient, readRequest } from '../support/fixtures.ts';
import { type RealApp, startRealApp } from '../support/real-app.ts';
import { problemsOf } from '../support/response-schema.ts';

/** How the whole service takes what is as large, as deep or as odd as it may come. */
const SELECT = '/cds-services/rehab-first-order-select';
/** Generous, for slow machines: growth that is worse than linear goes far beyond it. */
const MOST_MS = 5000;
const request = readRequest('order-select/gluteal-no-rehab.json');
const [order] = request.context.draftOrders.entry ?? [];

let app: RealApp;
beforeAll(async () => {
  app = await startRealApp('2026-11-24');
});
afterAll(() => app.close());

async function answerTo(body: unknown): Promise<{ status: number; cards: number; ms: number }> {
  const text = JSON.stringify(body);
  const startedAt = performance.now();
  const response = await post(app.url + SELECT, text);
  const answer = (await response.json()) as { cards?: unknown[] };
  const ms = performance.now() - startedAt;
  if (response.status === 200) expect(problemsOf(answer)).toEqual([]);
  return { status: response.status, cards: answer.cards?.length ?? 0, ms };
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const withOrders = (entry: unknown[], selections: unknown[]) => ({
  ...request,
  context: { ...request.context, selections, draftOrders: { resourceType: 'Bundle', entry } },
});
const withEntries = (key: string, count: number, make: (index: number, first: object) => object) => {
  const { entry: found = [] } = (request.prefetch?.[key] ?? {}) as { entry?: { resource: object }[] };
  const [first] = found;
  const entry = times(count, (index) => ({ resource: make(index, first?.resource ?? {}) }));
  return { ...request, prefetch: { ...request.prefetch, [key]: { resourceType: 'Bundle', type: 'searchset', entry } } };
};

describe('in a time that grows with size and no faster', () => {
  const copies = (count: number) => {
    const entry = times(count, (index) => ({ resource: { ...order?.resource, id: `o${index}` } }));
    return withOrders(
      entry,
      entry.map(({ resource }) => `ServiceRequest/${resource.id}`),
    );
  };

  test('fifty draft orders in scope, all of them selected', async () => {
    const { status, cards, ms } = await answerTo(copies(50));
    expect([status, cards]).toEqual([200, 1]);
    expect(ms).toBeLessThan(MOST_MS);
  });

  test.each([51, 2500])('%d of them, which are refused', async (count) => {
    const { status, ms } = await answerTo(copies(count));
    expect(status).toBe(400);
    expect(ms).toBeLessThan(MOST_MS);
  });

  test('thousands of draft orders of other kinds', async () => {
    const entry = times(9000, (index) => ({
      resource: {
        resourceType: 'ServiceRequest',
        id: `o${index}`,
        status: 'draft',
        code: { text: `complete blood count of a knee ${index}` },
      },
    }));
    const selections = entry.map(({ resource }) => `ServiceRequest/${resource.id}`);
    const { status, cards, ms } = await answerTo(withOrders([...entry, order], selections));
    expect([status, cards]).toEqual([200, 0]);
    expect(ms).toBeLessThan(MOST_MS);
  });

  test.each([
    ['reasons that are not there', { resourceType: 'ServiceRequest', reasonReference: [{ reference: 'Condition/x' }] }],
    [
      'drugs that are not there',
      { resourceType: 'MedicationRequest', medicationReference: { reference: 'Medication/x' } },
    ],
  ])('thousands of draft orders that refer to %s', async (_name, draft) => {
    const entry = times(15_000, (index) => ({ resource: { ...draft, id: `o${index}` } }));
    const { status, ms } = await answerTo(withOrders([...entry, order], request.context.selections ?? []));
    expect(status).toBe(200);
    expect(ms).toBeLessThan(MOST_MS);
  });

  test.each([
    ['in the order', { reasonCode: times(25, (index) => ({ text: `hip pain ${index}` })) }],
    ['in the chart', { reasonReference: times(25, (index) => ({ reference: `Condition/x${index}` })) }],
  ])('more than a thousand reasons %s, which are refused, and fewer, which are not', async (_name, reasons) => {
    const body = copies(50);
    const { entry = [] } = body.context.draftOrders as { entry?: { resource: object }[] };
    const reasoned = entry.map(({ resource }) => ({ resource: { ...resource, ...reasons } }));
    expect((await answerTo(withOrders(reasoned, body.context.selections))).status).toBe(400);
    expect((await answerTo(withOrders(reasoned.slice(0, 20), body.context.selections))).status).toBe(200);
  });

  test('an order with thousands of references and as many resources within', async () => {
    const resource = {
      ...order?.resource,
      contained: times(15_000, (index) => ({ resourceType: 'Condition', id: `c${index}` })),
      reasonReference: times(15_000, (index) => ({ reference: `#d${index}` })),
    };
    const { status, ms } = await answerTo(withOrders([{ resource }], request.context.selections ?? []));
    expect(status).toBe(400);
    expect(ms).toBeLessThan(MOST_MS);
  });

  test('a hundred thousand selections that name nothing', async () => {
    const { status, ms } = await answerTo(
      withOrders(
        [order],
        times(100_000, (index) => `ServiceRequest/${index}`),
      ),
    );
    expect(status).toBe(200);
    expect(ms).toBeLessThan(MOST_MS);
  });

  test.each(['conditions', 'procedures', 'visits', 'medications', 'findings', 'measurements'])(
    'thousands of %s',
    async (key) => {
      const { status, ms } = await answerTo(withEntries(key, 3000, (index, first) => ({ ...first, id: `e${index}` })));
      expect(status).toBe(200);
      expect(ms).toBeLessThan(MOST_MS);
    },
  );

  test.each(['conditions', 'reports'])('texts of a megabyte in %s', async (key) => {
    const text = 'no pain in the hip, not in the back, denies weight loss and fever '.repeat(20_000);
    const { status, ms } = await answerTo(
      withEntries(key, 1, (_, first) => ({ ...first, code: { text }, conclusion: text, note: [{ text }] })),
    );
    expect(status).toBe(200);
    expect(ms).toBeLessThan(MOST_MS);
  });

  test('thousands of prefetch keys that nobody asked for', async () => {
    const more = Object.fromEntries(times(50_000, (index) => [`k${index}`, null]));
    const { status, cards, ms } = await answerTo({ ...request, prefetch: { ...more, ...request.prefetch } });
    expect([status, cards]).toEqual([200, 1]);
    expect(ms).toBeLessThan(MOST_MS);
  });

  test('an order nested as deep as a body may be', async () => {
    let deep: object = { text: 'hip' };
    for (let level = 0; level < 180; level += 1) deep = level % 2 === 0 ? [deep] : { contained: deep };
    const { status } = await answerTo(
      withOrders([{ resource: { ...order?.resource, contained: deep } }], request.context.selections ?? []),
    );
    expect(status).toBe(200);
  });
});

describe('ids that would bend a URL', () => {
  test.each([
    '../Patient',
    '..',
    '.',
    'a/b',
    'a?b',
    'a#b',
    'a%2fb',
    'a%b',
    'a b',
    'a\\b',
    'a\nb',
    'ä',
    '',
    'x'.repeat(129),
  ])('[N-15] %j is refused, and nothing is read', async (id) => {
    const fhir = await startFhirServer(readPatient(request.context.patientId));
    const { prefetch: _, ...rest } = request;
    for (const member of ['patientId', 'encounterId']) {
      const context = { ...request.context, [member]: id };
      expect((await answerTo({ ...rest, context, fhirServer: fhir.url })).status).toBe(400);
    }
    expect(fhir.asked).toEqual([]);
    await fhir.close();
  });

  test.each([
    '../../admin',
    'http://127.0.0.1:1/Medication/x',
    '//evil.example/Medication/x',
    'Medication/%2e%2e%2f%2e%2e',
    'Medication/a?b=c',
  ])('[N-15] a reference to %s in the chart leads nowhere but into the FHIR server', async (reference) => {
    const fhir = await startFhirServer(readPatient(request.context.patientId));
    const body = withEntries('medications', 3, (index, first) => {
      const { medicationCodeableConcept: _, ...rest } = first as Record<string, unknown>;
      return { ...rest, id: `m${index}`, medicationReference: { reference } };
    });
    expect((await answerTo({ ...body, fhirServer: fhir.url })).status).toBe(200);
    for (const { path } of fhir.asked)
      expect(path).toMatch(/^(?:Medication\/[A-Za-z0-9.-]+|[A-Za-z]+\?patient=gluteal-no-rehab\b.*)$/);
    await fhir.close();
  });
});

test('[N-07] keys that name prototypes, anywhere in orders and charts, change nothing for anybody', async () => {
  const hostile = (text: string) =>
    text.replaceAll(
      '"resourceType":',
      '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"resourceType":',
    );
  const response = await post(app.url + SELECT, hostile(JSON.stringify(request)));
  expect(response.status).toBe(200);
  expect(problemsOf(await response.json())).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
