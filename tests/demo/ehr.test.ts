import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDemo } from '../../src/demo/open.ts';
import { allPatients } from '../support/fixtures.ts';
import { startRealApp } from '../support/real-app.ts';
import { type Answer, type DemoApp, resourcesOf, startDemoApp, writing } from './server.ts';

let app: DemoApp;
beforeAll(async () => {
  app = await startDemoApp('2026-11-24');
});
afterAll(() => app.close());

const totalOf = async (query: string) => (await app.ask(query)).bundle.total;

describe('searching', () => {
  test('_include brings along what is referred to, once, and marks it', async () => {
    const { bundle } = await app.ask('Observation?patient=gluteal-no-rehab&_include=Observation:patient&_count=5');
    expect(bundle.total).toBeGreaterThan(5);
    const along = bundle.entry?.filter(({ search }) => search?.mode === 'include');
    expect(bundle.entry?.length).toBe(6);
    expect(along?.map(({ fullUrl }) => fullUrl)).toEqual([`${app.fhir}/Patient/gluteal-no-rehab`]);
  });

  test('_include leaves out what is not here, and other target types', async () => {
    for (const include of ['Condition:asserter', 'Condition:subject:Group']) {
      const { status, bundle } = await app.ask(`Condition?patient=gluteal-no-rehab&_include=${include}`);
      expect([status, bundle.entry?.some(({ search }) => search?.mode === 'include')]).toEqual([200, false]);
    }
  });

  test.each([
    ['a whole reference', 'Condition?subject=Patient/gluteal-no-rehab'],
    ['a bare id where several types are possible', 'Condition?subject=gluteal-no-rehab'],
    ['a reference with its type as modifier', 'Condition?subject:Patient=gluteal-no-rehab'],
    ['an absolute reference under the base', 'Condition?subject=BASE/Patient/gluteal-no-rehab'],
  ])('%s finds the same', async (_, query) => {
    const expected = resourcesOf(await app.ask('Condition?patient=gluteal-no-rehab'));
    expect(expected.length).toBeGreaterThan(0);
    expect(resourcesOf(await app.ask(query.replace('BASE', encodeURIComponent(app.fhir))))).toEqual(expected);
  });

  test('several values are "or", several parameters are "and"', async () => {
    const [one, two] = [
      await totalOf('Condition?patient=gluteal-no-rehab'),
      await totalOf('Condition?patient=quick-look'),
    ];
    expect(await totalOf('Condition?patient=gluteal-no-rehab,quick-look')).toBe((one ?? 0) + (two ?? 0));
    expect(await totalOf('Condition?patient=gluteal-no-rehab&patient=quick-look')).toBe(0);
    expect(await totalOf('Condition?patient=quick-look&code=http://hl7.org/fhir/sid/icd-10-cm|M76.01')).toBe(1);
    expect(await totalOf('Condition?patient=quick-look&code=http://snomed.info/sct|M76.01')).toBe(0);
    expect(await totalOf('Condition?patient=quick-look&code:not=M76.01')).toBe(0);
    expect(await totalOf('Condition?patient=quick-look&recorded-date:missing=true')).toBe(1);
    expect(await totalOf('Condition?patient=quick-look&onset-date=ge2026-08-18')).toBe(1);
    expect(await totalOf('Condition?patient=quick-look&onset-date=gt2026-08-18')).toBe(0);
  });

  test.each([
    ['Patient?name=exampl', 0],
    ['Patient?name:contains=EXAMPL', allPatients().length],
    ['Patient?name=otto plainback', 1],
    ['Patient?name=Nobody,PLÁINBACK', 1],
    ['Patient?family:contains=back-ex&given=otto', 1],
    ['Patient?address=22 Fixture', 1],
    ['Patient?email=otto@example.org', 1],
    ['Patient?identifier=z0122', 1],
    ['Patient?identifier=https://ehr.example.org/ids/external|Z0122', 1],
    ['Patient?identifier=https://ehr.example.org/ids/other|Z0122', 0],
    ['Patient?identifier=|Z0122', 0],
    ['Patient?identifier:not=Z0122', allPatients().length - 1],
    ['Patient?identifier=,', 0],
    ['Patient?identifier=|', 0],
  ])('strings are found from their start, tokens as a whole: %s', async (query, total) => {
    expect(await totalOf(query)).toBe(total);
  });

  test('a system alone finds every identifier of it', async () => {
    const total = await totalOf('Patient?identifier=https://ehr.example.org/ids/external|');
    expect(total).toBe(await totalOf('Patient?identifier:missing=false'));
  });

  test('sorts by the first key, then by the next, and puts what has no date last either way', async () => {
    const datesOf = async (sort: string) =>
      resourcesOf(await app.ask(`Condition?patient=gluteal-no-rehab,quick-look&_sort=${sort}`)).map(
        (one) => (one as { recordedDate?: string }).recordedDate,
      );
    const [up, down] = [await datesOf('recorded-date'), await datesOf('-recorded-date')];
    expect(up.at(-1)).toBeUndefined();
    expect(down.at(-1)).toBeUndefined();
    expect(up.slice(0, -1)).toEqual(down.slice(0, -1).toReversed());
    expect(up.slice(0, -1)).toEqual(up.slice(0, -1).toSorted());
    const byPatient = resourcesOf(
      await app.ask('Condition?patient=gluteal-no-rehab,quick-look&_sort=-subject,recorded-date'),
    );
    expect(byPatient[0]?.id).toBe('q1');
    expect(byPatient.slice(1).map((one) => (one as { recordedDate?: string }).recordedDate)).toEqual(up.slice(0, -1));
  });

  test('more entries than are given at once may be asked for', async () => {
    const { status, bundle } = await app.ask('Patient?_count=99999999');
    expect([status, bundle.entry?.length]).toEqual([200, allPatients().length]);
    expect((await app.ask(`Patient?_offset=${'9'.repeat(400)}`)).bundle.total).toBe(allPatients().length);
  });

  test.each(['_summary=count', '_count=0'])('%s gives the number alone', async (parameter) => {
    const { bundle } = await app.ask(`Patient?${parameter}`);
    expect([bundle.total, bundle.entry, bundle.link?.map(({ relation }) => relation)]).toEqual([
      allPatients().length,
      undefined,
      ['self'],
    ]);
  });

  test('a resource comes as it stands in the chart, without meta if it has none', async () => {
    expect((await app.ask('Condition/q1')).body).not.toHaveProperty('meta');
    expect(resourcesOf(await app.ask('Condition?patient=quick-look'))[0]).not.toHaveProperty('meta');
  });

  test('HEAD answers as GET does, without a body', async () => {
    expect((await app.ask('Patient', { method: 'HEAD' })).status).toBe(200);
  });
});

describe('what it does not do, it says', () => {
  test.each([
    ['GET', '', 400, 'resource type'],
    ['GET', 'Nothing', 404, 'no such resource type'],
    ['GET', 'constructor', 404, 'no such resource type'],
    ['GET', 'Binary', 404, 'no such resource type here'],
    ['GET', 'Parameters/x', 404, 'no such resource type here'],
    ['GET', 'Patient/nobody', 404, 'Not found'],
    ['GET', 'Patient/no_body', 404, 'An id is'],
    ['GET', 'Patient/gluteal-no-rehab%2F_history', 404, 'An id is'],
    ['GET', 'Patient/%zz', 404, 'An id is'],
    ['GET', 'Patient/gluteal-no-rehab/_history', 404, 'no history'],
    ['GET', 'Patient/gluteal-no-rehab/$everything', 404, 'no operation'],
    ['GET', 'Patient?nothing=1', 400, 'no search parameter "nothing"'],
    ['GET', 'Patient?constructor=1', 400, 'no search parameter'],
    ['GET', 'Patient?__proto__=1', 400, 'no search parameter'],
    ['GET', 'Patient?_compartment=1', 400, 'no search parameter'],
    ['GET', 'Patient?phonetic=Otto', 400, 'no search parameter'],
    ['GET', 'Patient?_elements=name', 400, 'no search parameter "_elements"'],
    ['GET', 'Patient?_has:Condition:patient:code=1', 400, 'no search parameter'],
    ['GET', 'Patient?_revinclude=Condition:patient', 400, 'no search parameter'],
    ['GET', 'Condition?patient.name=x', 400, 'no search parameter'],
    ['GET', 'Observation?value-quantity=5', 400, 'no search parameter'],
    ['GET', 'Condition?code:text=hip', 400, 'modifier'],
    ['GET', 'Condition?patient:Practitioner=x', 400, 'modifier'],
    ['GET', 'Condition?onset-date:exact=2026', 400, 'modifier'],
    ['GET', 'Patient?name:exact=x', 400, 'modifier'],
    ['GET', 'Condition?patient=', 400, 'no value'],
    ['GET', 'Condition?onset-date=yesterday', 400, 'must be one FHIR date'],
    ['GET', 'Condition?onset-date=2026-02-31', 400, 'must be one FHIR date'],
    ['GET', 'Condition?onset-date=2026-01-01,2026-02-01', 400, 'must be one FHIR date'],
    ['GET', 'Condition?onset-date=2026-01-01T', 400, 'Invalid format'],
    ['GET', 'Condition?code:missing=perhaps', 400, 'true or false'],
    ['GET', 'Condition?_sort=nothing', 400, 'sorted'],
    ['GET', 'Condition?_sort=', 400, 'no value'],
    ['GET', 'Condition?_count=-1', 400, 'whole number'],
    ['GET', 'Condition?_count=many', 400, 'whole number'],
    ['GET', 'Condition?_offset=1.5', 400, 'whole number'],
    ['GET', 'Condition?_summary=true', 400, '_summary'],
    ['GET', 'Condition?_format=xml', 400, 'JSON'],
    ['GET', 'Condition?_include=*', 400, '_include'],
    ['GET', 'Condition?_include=Condition:code', 400, '_include'],
    ['GET', 'Condition?_include:iterate=Condition:patient', 400, 'no search parameter'],
    ['POST', '', 400, 'resource type'],
    ['POST', 'Patient', 405, 'GET, HEAD'],
    ['PUT', 'Patient/gluteal-no-rehab', 405, 'GET, HEAD'],
    ['DELETE', 'Patient/gluteal-no-rehab', 405, 'GET, HEAD'],
    ['DELETE', 'ServiceRequest', 405, 'GET, HEAD, POST'],
    ['PUT', 'ServiceRequest', 405, 'GET, HEAD, POST'],
    ['PATCH', 'ServiceRequest/x', 405, 'GET, HEAD, PUT, DELETE'],
    ['POST', 'metadata', 405, 'GET, HEAD'],
    ['GET', 'Patient/_search', 405, 'POST'],
    ['POST', '$graphql', 404, 'no such resource type'],
  ])('%s %s: %i, %s', async (method, path, status, says) => {
    const answer = await app.ask(path, { method });
    expect([answer.status, answer.says]).toEqual([status, expect.stringContaining(says)]);
    expect(answer.headers.get('allow') === null).toBe(status !== 405);
    expect(answer.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
  });

  test('a form that is none, or too large, is refused', async () => {
    const post = (body: string, type: string) =>
      app.ask('Condition/_search', { method: 'POST', body, headers: { 'content-type': type } });
    expect((await post('patient=quick-look', 'text/plain')).status).toBe(415);
    expect((await post(`code=${'x'.repeat(64_000)}`, 'application/x-www-form-urlencoded')).status).toBe(413);
    expect((await post('patient=quick-look', 'application/x-www-form-urlencoded; charset=UTF-8')).bundle.total).toBe(1);
    expect((await app.ask('Condition/_search?patient=quick-look', { method: 'POST' })).bundle.total).toBe(1);
  });

  test('no search whatever fails, and each error says why', async () => {
    const word = fc.oneof(
      fc.constantFrom('Patient', 'Observation', 'Condition', 'patient', 'code', 'date', '_sort', '_include', '_count'),
      fc.constantFrom('-date', 'ge2026', '2026-13', '|', 'a|b|c', '\\', '%', 'Observation:patient', ':missing', 'true'),
      fc.string({ maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('Observation', 'Patient'),
        fc.array(fc.tuple(word, word), { maxLength: 3 }),
        async (type, pairs) => {
          const { status, says } = await app.ask(`${type}?${new URLSearchParams(pairs)}`);
          expect([200, 400]).toContain(status);
          expect(says === '').toBe(status === 200);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('drafts of orders', () => {
  const aDraft = {
    resourceType: 'ServiceRequest',
    status: 'draft',
    intent: 'order',
    subject: { reference: 'Patient/quick-look' },
  };

  test('are made, changed, found and deleted', async () => {
    const draft = { ...aDraft, subject: { reference: 'Patient/sciatica-partial-care' } };
    const made = await app.ask('ServiceRequest', writing('POST', { ...draft, id: 'mine', code: { text: 'A' } }));
    expect(made.status).toBe(201);
    expect(made.body.id).not.toBe('mine');
    expect(made.headers.get('location')).toBe(`${app.fhir}/ServiceRequest/${made.body.id}`);
    expect(made.body.meta?.lastUpdated).toBe('2026-11-24T12:00:00.000Z');
    const path = `ServiceRequest/${made.body.id}`;
    expect((await app.ask(path)).body).toEqual(made.body);

    const changed = await app.ask(path, writing('PUT', { ...draft, id: made.body.id, code: { text: 'B' } }));
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, `W/"${changed.body.meta?.versionId}"`]);
    const stale = { 'if-match': made.headers.get('etag') ?? '' };
    expect((await app.ask(path, writing('PUT', { ...draft, id: made.body.id }, stale))).status).toBe(412);
    expect(resourcesOf(await app.ask('ServiceRequest?patient=sciatica-partial-care&status=draft'))).toEqual([
      changed.body,
    ]);

    expect((await app.ask(path, { method: 'DELETE' })).status).toBe(200);
    expect((await app.ask(path)).status).toBe(404);
    expect((await app.ask(path, { method: 'DELETE' })).status).toBe(404);
  });

  test('may be put under an id of their own, and a new one never takes the place of another', async () => {
    const put = (id: string) => app.ask(`ServiceRequest/${id}`, writing('PUT', { ...aDraft, id }));
    expect((await put('request-123')).status).toBe(201);
    expect((await put('request-123')).status).toBe(200);
    for (let n = 1; n < 40; n += 1) await put(`draft-${n}`);
    const before = await totalOf('ServiceRequest?status=draft');
    expect((await app.ask('ServiceRequest', writing('POST', aDraft))).status).toBe(201);
    expect(await totalOf('ServiceRequest?status=draft')).toBe((before ?? 0) + 1);
  });

  test.each([
    ['not a draft', { ...aDraft, status: 'active' }, 422, 'draft'],
    ['another type', { ...aDraft, resourceType: 'MedicationRequest' }, 422, 'ServiceRequest'],
    ['no patient', { ...aDraft, subject: undefined }, 422, 'subject'],
    ['a patient who is not here', { ...aDraft, subject: { reference: 'Patient/nobody' } }, 422, 'subject'],
    [
      'a patient elsewhere',
      { ...aDraft, subject: { reference: 'https://ehr.example.org/Patient/quick-look' } },
      422,
      'subject',
    ],
    ['a patient who is a number', { ...aDraft, subject: { reference: 5 } }, 422, 'subject'],
    ['a patient who is an object', { ...aDraft, subject: { reference: { toString: 1 } } }, 422, 'subject'],
    ['a list of patients', { ...aDraft, subject: { reference: ['Patient/quick-look'] } }, 422, 'subject'],
    ['what would break a search', { ...aDraft, code: { toString: 'x' } }, 422, 'FHIR R4'],
    ['what would do so as it is kept', { ...aDraft, code: { coding: [], toString: 'x' } }, 422, 'FHIR R4'],
    ['a list', [aDraft], 422, 'ServiceRequest'],
    ['no JSON', '{', 400, 'JSON'],
    ['too much', { ...aDraft, note: [{ text: 'x'.repeat(64_000) }] }, 413, '64000'],
  ])('%s is refused', async (_, body, status, says) => {
    const answer = await app.ask('ServiceRequest', writing('POST', body));
    expect([answer.status, answer.says]).toEqual([status, expect.stringContaining(says)]);
  });

  test('a patient of the wrong shape is refused in every way of writing', async () => {
    for (const reference of [{ toString: 1 }, ['Patient/quick-look']]) {
      const drug = { ...aDraft, resourceType: 'MedicationRequest', id: 'odd', subject: { reference } };
      const order = { ...aDraft, id: 'odd', subject: { reference } };
      const answers = await Promise.all([
        app.ask('MedicationRequest', writing('POST', drug)),
        app.ask('MedicationRequest/odd', writing('PUT', drug)),
        app.ask('ServiceRequest/odd', writing('PUT', order)),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([422, 422, 422]);
    }
  });

  test('are taken as JSON under any of its names', async () => {
    for (const type of ['application/json', 'application/fhir+json', 'application/json+fhir; charset=utf-8']) {
      const made = await app.ask('ServiceRequest', writing('POST', aDraft, { 'content-type': type }));
      expect(made.status, type).toBe(201);
      await app.ask(`ServiceRequest/${made.body.id}`, { method: 'DELETE' });
    }
    const other = await app.ask('ServiceRequest', writing('POST', aDraft, { 'content-type': 'application/fhir+xml' }));
    expect([other.status, other.says]).toEqual([415, expect.stringContaining('application/fhir+json')]);
  });

  test('name their version when they are read, and change only as long as it is the one expected', async () => {
    const made = await app.ask('ServiceRequest/kept', writing('PUT', { ...aDraft, id: 'kept' }));
    const etag = made.headers.get('etag') ?? '';
    expect((await app.ask('ServiceRequest/kept')).headers.get('etag')).toBe(etag);
    const put = (headers: Record<string, string>, id = 'kept') =>
      app.ask(`ServiceRequest/${id}`, writing('PUT', { ...aDraft, id }, headers));
    const remove = (headers: Record<string, string>) => app.ask('ServiceRequest/kept', { method: 'DELETE', headers });
    const refused = [
      await put({ 'if-match': 'garbage' }),
      await put({ 'if-match': 'W/"0"' }),
      await put({ 'if-match': etag }, 'missing'),
      await put({ 'if-match': '*' }, 'missing'),
      await put({ 'if-none-match': '*' }),
      await remove({ 'if-match': 'W/"0"' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 412));
    expect(refused[0]?.says).toContain('If-Match');
    expect((await app.ask('ServiceRequest/kept')).headers.get('etag')).toBe(etag);
    expect((await app.ask('ServiceRequest/missing')).status).toBe(404);
    expect((await put({ 'if-match': `W/"0", ${etag}` })).status).toBe(200);
    expect((await put({ 'if-match': '*' })).status).toBe(200);
    expect((await remove({ 'if-match': '*' })).status).toBe(200);
    expect((await put({ 'if-none-match': '*' })).status).toBe(201);
    await remove({});
  });

  test('another id than that of the URL, and a conditional create, are refused', async () => {
    expect((await app.ask('ServiceRequest/a', writing('PUT', { ...aDraft, id: 'b' }))).status).toBe(422);
    expect((await app.ask('ServiceRequest', writing('POST', aDraft, { 'if-none-exist': 'code=1' }))).status).toBe(400);
    expect((await app.ask('ServiceRequest', { method: 'POST', body: 'x' })).status).toBe(415);
  });

  test('charts stay as they are', async () => {
    const [ofChart] = resourcesOf(await app.ask('ServiceRequest?patient=gluteal-no-rehab'));
    const path = `ServiceRequest/${ofChart?.id}`;
    for (const init of [writing('PUT', { ...aDraft, id: ofChart?.id }), { method: 'DELETE' }]) {
      const answer = await app.ask(path, init);
      expect([answer.status, answer.says]).toEqual([403, expect.stringContaining('charts')]);
    }
    expect((await app.ask(path)).body).toEqual(ofChart);
  });

  test('whatever is taken breaks no search', async () => {
    const odd = fc.object({
      key: fc.constantFrom('coding', 'code', 'system', 'value', 'reference', 'start', 'toString'),
      maxDepth: 3,
    });
    const element = fc.constantFrom(
      'code',
      'authoredOn',
      'category',
      'encounter',
      'requester',
      'bodySite',
      'identifier',
      'occurrencePeriod',
      'meta',
    );
    await fc.assert(
      fc.asyncProperty(element, fc.oneof(odd, fc.array(odd), fc.string(), fc.integer()), async (name, value) => {
        const made = await app.ask('ServiceRequest', writing('POST', { ...aDraft, [name]: value }));
        expect([201, 422]).toContain(made.status);
        const query = 'patient=quick-look&_sort=-authored,code,requester&_include=ServiceRequest:encounter';
        const answers: Answer[] = [];
        for (const more of [
          '',
          '&code=http://x|a,b',
          '&category=a',
          '&authored=ge2020',
          '&identifier=x',
          '&_lastUpdated=ge2020',
        ]) {
          answers.push(await app.ask(`ServiceRequest?${query}${more}`));
        }
        if (made.status === 201) await app.ask(`ServiceRequest/${made.body.id}`, { method: 'DELETE' });
        expect([...new Set(answers.map(({ status, says }) => `${status} ${says}`))]).toEqual(['200 ']);
      }),
      {
        numRuns: 60,
        examples: [
          ['code', []],
          ['code', [{}]],
          ['category', [{ coding: [] }]],
        ],
      },
    );
  });

  test('no more than 200 are kept', async () => {
    const other = await startDemoApp('2026-11-24');
    const make = () =>
      other.ask('MedicationRequest', writing('POST', { ...aDraft, resourceType: 'MedicationRequest' }));
    for (let n = 0; n < 200; n += 1) await make();
    const over = await make();
    expect([over.status, over.says]).toEqual([403, expect.stringContaining('200')]);
    const [first] = resourcesOf(await other.ask('MedicationRequest?status=draft&_count=1'));
    await other.ask(`MedicationRequest/${first?.id}`, { method: 'DELETE' });
    expect((await make()).status).toBe(201);
    await other.close();
  });
});

describe('pages of other origins', () => {
  const ORIGIN = 'https://ehr.example.org';
  const preflight = async (url: string) => {
    const headers = { origin: ORIGIN, 'access-control-request-method': 'PUT' };
    const answer = await fetch(url, { method: 'OPTIONS', headers });
    const listed = (name: string) => answer.headers.get(`access-control-${name}`)?.split(/, ?/);
    return { status: answer.status, methods: listed('allow-methods'), headers: listed('allow-headers') };
  };

  test('may write, with the version they expect, and read what became of it', async () => {
    expect(await preflight(`${app.fhir}/ServiceRequest/mine`)).toEqual({
      status: 204,
      methods: ['GET', 'POST', 'PUT', 'DELETE'],
      headers: ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'If-None-Exist', 'Prefer'],
    });
    for (const path of ['Patient/quick-look', 'Patient/nobody', 'Patient/quick-look?_format=xml']) {
      const { headers } = await app.ask(path, { headers: { origin: ORIGIN } });
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-expose-headers')?.split(/, ?/)).toEqual(['ETag', 'Location']);
    }
  });

  test('may do no more than before elsewhere', async () => {
    const { methods, headers } = await preflight(`${app.url}/cds-services`);
    expect([methods, headers]).toEqual([
      ['GET', 'POST'],
      ['Authorization', 'Content-Type'],
    ]);
    const answer = await fetch(`${app.url}/cds-services`, { headers: { origin: ORIGIN } });
    expect(answer.headers.get('access-control-expose-headers')).toBeNull();
  });
});

describe('opening', () => {
  const clock = () => new Date('2026-11-24T12:00:00Z');
  const missing = (message: string, code: string) => async () => {
    throw Object.assign(new Error(message), { code });
  };
  const ask = async (demo: ReturnType<typeof openDemo> | undefined) => {
    const opened = await startRealApp('2026-11-24', demo === undefined ? {} : { changes: { demo } });
    const response = await fetch(`${opened.url}/fhir/metadata`);
    const body = JSON.stringify(await response.json());
    await opened.close();
    return { status: response.status, body };
  };
  const open = (load: NonNullable<Parameters<typeof openDemo>[0]['load']>) =>
    openDemo({ clock, today: () => 20_781, load });

  test('loads nothing before the first request, and its charts once a day', async () => {
    let [loads, days, today] = [0, [] as number[], 20_781];
    const load = async () => {
      loads += 1;
      return {
        openEhr: async (day: number) => {
          days.push(day);
          return async () => ({ status: 200, resource: {}, headers: {} });
        },
      };
    };
    const demo = openDemo({ clock, today: () => today, load });
    const opened = await startRealApp('2026-11-24', { changes: { demo } });
    await fetch(`${opened.url}/cds-services`);
    expect(loads).toBe(0);
    const both = () => Promise.all([fetch(`${opened.url}/fhir/Patient`), fetch(`${opened.url}/fhir/Patient`)]);
    await both();
    await both();
    expect(days).toEqual([20_781]);
    today += 1;
    await both();
    expect(days).toEqual([20_781, 20_782]);
    await opened.close();
  });

  test('without development dependencies it is a 404 that says why', async () => {
    const { status, body } = await ask(open(missing("Cannot find package '@medplum/core'", 'ERR_MODULE_NOT_FOUND')));
    expect(status).toBe(404);
    expect(body).toMatch(/OperationOutcome.*not-found.*development dependencies.*npm ci/);
  });

  test('without the fixtures it is a 404 that says why', async () => {
    const openEhr = missing('no such file', 'ENOENT');
    const { status, body } = await ask(open(async () => ({ openEhr })));
    expect(status).toBe(404);
    expect(body).toContain('fixtures/patients');
  });

  test('any other failure to load is ours', async () => {
    expect((await ask(open(missing("Cannot find module './ehr.js'", 'ERR_MODULE_NOT_FOUND')))).status).toBe(500);
  });

  test('without a demo EHR, as with clients, it is no page', async () => {
    const { status, body } = await ask(undefined);
    expect(status).toBe(404);
    expect(body).toContain('No such page');
  });

  test('the log has the route, and nobody', async () => {
    const before = app.entries.length;
    await app.ask('Patient/gluteal-no-rehab');
    await expect.poll(() => app.entries.length).toBeGreaterThan(before);
    expect(app.entries.at(-1)).toMatchObject({ method: 'GET', route: '/fhir', status: 200 });
    expect(JSON.stringify(app.entries)).not.toContain('gluteal-no-rehab');
  });
});
