import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ChartIncomplete } from '../../src/errors.ts';
import { aCall, aContext, type FakeApp, post, readOutcome, readPointers, startFakeApp } from './fake-app.ts';

let app: FakeApp;
beforeAll(async () => {
  app = await startFakeApp();
});
afterAll(() => app.close());
beforeEach(() => {
  app.answer = async () => ({ cards: [] });
  app.calls.length = 0;
  app.entries.length = 0;
});

const select = (): string => `${app.url}/cds-services/select-service`;

describe('a call', () => {
  test('[R-01] [R-03] [I-01] is answered 200 with a cards array, even if empty', async () => {
    const response = await post(select(), aCall());
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('etag')).toBeNull();
    expect(await response.json()).toEqual({ cards: [] });
  });

  test('hands the parsed request on', async () => {
    await post(select(), aCall({ fhirServer: 'https://ehr.example/fhir/', extra: 1 }));
    expect(app.calls).toEqual([
      {
        serviceId: 'select-service',
        request: { ...aCall(), context: expect.anything(), fhirServer: 'https://ehr.example/fhir' },
        languages: expect.anything(),
      },
    ]);
  });

  test.each([
    ['es-MX,es;q=0.8,en;q=0.5', ['es-MX', 'es', 'en']],
    ['en;q=0.1, es', ['es', 'en']],
    ['*', ['*']],
  ])('that accepts %s is asked for in these languages, and says in which it is answered', async (header, languages) => {
    const response = await post(select(), aCall(), { 'accept-language': header });
    expect(app.calls[0]?.languages).toEqual(languages);
    expect(response.headers.get('content-language')).toBe('en');
  });

  test.each(['//cds-services//select-service', '/cds-services//select-service/', '/cds-services/select-service?a=b'])(
    'is answered at %s',
    async (path) => {
      expect((await post(app.url + path, aCall())).status).toBe(200);
    },
  );

  test('an id with several hooks takes each of them', async () => {
    const both = `${app.url}/cds-services/both`;
    expect((await post(both, aCall())).status).toBe(200);
    expect((await post(both, aCall({ hook: 'order-sign' }))).status).toBe(200);
    expect(app.calls.map(({ request }) => request.hook)).toEqual(['order-select', 'order-sign']);
  });

  test('[X-01] [N-13] unknown members anywhere do not stop it', async () => {
    const response = await post(
      select(),
      aCall({ foo: {}, extension: { 'org.example.x': [1] }, context: aContext({ bar: null, extension: {} }) }),
    );
    expect(response.status).toBe(200);
  });

  test('[P-10] [R-04] [R-06] data that cannot be had: 412, an issue for each slice', async () => {
    app.answer = async () => {
      throw new ChartIncomplete('not to be had', [
        { pointer: '/prefetch/patient', message: 'not available' },
        { pointer: '/prefetch/conditions', message: 'not available' },
      ]);
    };
    const response = await post(select(), aCall());
    expect(response.status).toBe(412);
    expect(response.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      resourceType: 'OperationOutcome',
      issue: ['patient', 'conditions'].map((slice) => ({
        severity: 'error',
        code: 'incomplete',
        details: {
          coding: [{ system: 'https://rehab-first.org/fhir/CodeSystem/errors', code: 'chart-incomplete' }],
          text: 'not to be had',
        },
        diagnostics: `/prefetch/${slice}: not available`,
        expression: [`/prefetch/${slice}`],
      })),
    });
  });

  test('[N-10] every fault is named by its pointer, all at once', async () => {
    const response = await post(select(), {
      hook: 'order-select',
      hookInstance: 'x',
      context: { patientId: 1, selections: 'a', draftOrders: [] },
      prefetch: [],
    });
    expect(response.status).toBe(400);
    expect((await readPointers(response)).sort()).toEqual([
      '/context/draftOrders',
      '/context/patientId',
      '/context/selections',
      '/context/userId',
      '/hookInstance',
      '/prefetch',
    ]);
  });

  test('[N-11] a hook this id is not listed for: 400', async () => {
    const response = await post(`${app.url}/cds-services/sign-service`, aCall());
    expect(response.status).toBe(400);
    expect(await readPointers(response)).toEqual(['/hook']);
  });

  test('[N-07] prototype keys do no harm', async () => {
    const text = JSON.stringify(aCall()).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prefetch":{"__proto__":{"resourceType":"X"},"constructor":null},',
    );
    expect((await post(select(), text)).status).toBe(200);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const prefetch = app.calls[0]?.request.prefetch ?? {};
    expect(Object.keys(prefetch)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(prefetch)).toBe(Object.prototype);
    expect((await post(`${app.url}/cds-services/__proto__`, aCall())).status).toBe(404);
    expect((await post(`${app.url}/cds-services/constructor`, aCall())).status).toBe(404);
  });

  test('[N-27] parallel calls do not mix', async () => {
    app.answer = async (_id, { context }) => {
      await new Promise((resolve) => setTimeout(resolve, 5 * (Number(context.patientId) % 3)));
      return { cards: [{ summary: context.patientId } as never] };
    };
    const ids = Array.from({ length: 20 }, (_, index) => String(index));
    const answers = await Promise.all(
      ids.map(async (id) => (await post(select(), aCall({ context: aContext({ patientId: id }) }))).json()),
    );
    expect(answers).toEqual(ids.map((id) => ({ cards: [{ summary: id }] })));
  });
});

describe('errors', () => {
  const outcomeOf = (status: number, issue: string, code: string) => ({ status, issue, code });

  async function describeAnswer(response: Response) {
    expect(response.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { issue } = await readOutcome(response);
    return outcomeOf(response.status, issue[0]?.code ?? '', issue[0]?.details?.coding[0]?.code ?? '');
  }

  test('[N-01] unknown service: 404, whatever the body', async () => {
    const unknown = await post(`${app.url}/cds-services/nobody`, 'x'.repeat(100), { 'content-type': 'text/plain' });
    expect(await describeAnswer(unknown)).toEqual(outcomeOf(404, 'not-found', 'unknown-service'));
    const feedback = await post(`${app.url}/cds-services/nobody/feedback`, '{');
    expect(await describeAnswer(feedback)).toEqual(outcomeOf(404, 'not-found', 'unknown-service'));
    expect((await fetch(`${app.url}/cds-services/nobody`)).status).toBe(404);
  });

  test.each([
    ['POST', '/cds-services', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/cds-services', 'GET, HEAD, OPTIONS'],
    ['GET', '/cds-services/both', 'POST, OPTIONS'],
    ['PUT', '/cds-services/both', 'POST, OPTIONS'],
    ['GET', '/cds-services/both/feedback', 'POST, OPTIONS'],
    ['POST', '/health/live', 'GET, HEAD, OPTIONS'],
    ['POST', '/health/ready', 'GET, HEAD, OPTIONS'],
  ])('[N-01] %s %s: 405, allowed are %s', async (method, path, allow) => {
    const response = await fetch(app.url + path, { method });
    expect(response.headers.get('allow')).toBe(allow);
    expect(await describeAnswer(response)).toEqual(outcomeOf(405, 'not-supported', 'method-not-allowed'));
  });

  test.each(['/', '/favicon.ico', '/cds-services/both/feedback/x', '/cds-services/a/b/c', '/.env', '/x?y=%zz'])(
    '[N-01] GET %s: 404',
    async (path) => {
      expect(await describeAnswer(await fetch(app.url + path))).toEqual(outcomeOf(404, 'not-found', 'not-found'));
    },
  );

  test.each(['/cds-services/%zz', '/cds-services/%E0%A4%A/feedback'])('[N-01] %s: 400', async (path) => {
    const response = await post(app.url + path, aCall());
    expect(await describeAnswer(response)).toEqual(outcomeOf(400, 'invalid', 'invalid-request'));
  });

  test('[N-08] an unexpected error tells the caller nothing and the log everything', async () => {
    const error = new TypeError('secret of pat015 in /srv/app.js');
    app.answer = () => Promise.reject(error);
    const response = await post(select(), aCall());
    expect(response.status).toBe(500);
    const text = await response.text();
    const said = 'This service failed. The fault is not in the request.';
    const coding = [{ system: 'https://rehab-first.org/fhir/CodeSystem/errors', code: 'unexpected' }];
    expect(JSON.parse(text)).toEqual({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'exception', details: { coding, text: said }, diagnostics: said }],
    });
    await expect.poll(() => app.entries.at(-1)).toMatchObject({ status: 500, code: 'unexpected', error });
  });

  test('[N-08] a thrown value that is no error is as good', async () => {
    app.answer = () => Promise.reject(undefined);
    expect((await post(select(), aCall())).status).toBe(500);
    app.answer = () => Promise.reject('text');
    expect((await post(select(), aCall())).status).toBe(500);
  });

  test('[N-09] a later call is unaffected', async () => {
    app.answer = () => Promise.reject(new Error('once'));
    await post(select(), aCall());
    app.answer = async () => ({ cards: [] });
    expect((await post(select(), aCall())).status).toBe(200);
  });
});

describe('the log', () => {
  test('has one entry for a call, with the pattern and never the patient', async () => {
    await post(`${select()}?token=secret`, aCall());
    await expect.poll(() => app.entries).toHaveLength(1);
    expect(app.entries[0]).toEqual({
      method: 'POST',
      route: '/cds-services/:id',
      status: 200,
      ms: expect.any(Number),
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      timings: { admit: expect.any(Number), read: expect.any(Number) },
      serviceId: 'select-service',
      hook: 'order-select',
      hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
      cards: 0,
    });
    expect(JSON.stringify(app.entries)).not.toMatch(/pat015|secret/);
  });

  test('has the code of a refusal', async () => {
    await post(select(), aCall({ hook: 'pat015' }));
    await fetch(`${app.url}/Patient/pat015`);
    await expect.poll(() => app.entries).toHaveLength(2);
    expect(app.entries).toMatchObject([
      { route: '/cds-services/:id', status: 400, code: 'invalid-request', serviceId: 'select-service' },
      { route: '*', status: 404, code: 'not-found' },
    ]);
    expect(JSON.stringify(app.entries)).not.toContain('pat015');
  });
});

test.each(['/', '?a=b', '/?a=b'])(
  'a call by the URL with %j at its end is answered with the same headers, good or bad',
  async (end) => {
    const told = async (url: string, body: unknown) => {
      const response = await post(url, body);
      const headers = [...response.headers].filter(([name]) => name !== 'date');
      return { status: response.status, headers, body: await response.text() };
    };
    const url = `${app.url}/cds-services/select-service`;
    for (const body of [aCall(), { hook: 'order-select' }, 'no JSON'])
      expect(await told(url + end, body)).toEqual(await told(url, body));
  },
);
