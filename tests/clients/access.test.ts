import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registeredServer } from '../../src/clients/access.ts';
import type { Client } from '../../src/clients/client.ts';
import { prefetchFrom } from '../support/fhir-search.ts';
import { type FhirServer, startFhirServer } from '../support/fhir-server.ts';
import { readPatient, readRequest, templates } from '../support/fixtures.ts';
import { withImaging } from '../support/imaging.ts';
import { problemsOf } from '../support/response-schema.ts';
import {
  aClient,
  BASE,
  type ClientApp,
  type ClientAppOptions,
  claimsFor,
  makePair,
  type Pair,
  SELECT,
  send,
  sendWith,
  sign,
  startClientApp,
} from './client-app.ts';

type Json = Record<string, unknown>;
const WITH_PREFETCH = readRequest('order-select/gluteal-no-rehab.json');
const WITHOUT_PREFETCH = readRequest('order-select/gluteal-no-rehab-without-prefetch.json');

let pair: Pair;
let fhir: FhirServer;
let app: ClientApp | undefined;
beforeAll(async () => {
  pair = await makePair('ES384', 'k');
  fhir = await startFhirServer(readPatient('gluteal-no-rehab'));
});
afterAll(() => fhir.close());
afterEach(async () => {
  await app?.close();
  app = undefined;
  fhir.asked.length = 0;
});

const start = async (changes: Partial<Client> = {}, options: ClientAppOptions = {}): Promise<ClientApp> => {
  app = await startClientApp([aClient({ keys: { jwks: { keys: [{ ...pair.jwk }] } }, ...changes })], options);
  return app;
};
const call = async ({ url }: ClientApp, body: unknown, claims: Record<string, unknown> = {}) => {
  const answer = await sendWith(url + SELECT, await sign(pair, claimsFor(SELECT, claims)), body);
  return { ...answer, json: JSON.parse(answer.body) };
};

test('a card links to its definition for a client whose doctors reach the pages, and for no other', async () => {
  const request = readRequest('order-select/gluteal-no-rehab.json');
  const linksOf = async (supports: readonly string[]) =>
    (await call(await start({ supports }), request)).json.cards[0].links as { url: string }[];
  const link = {
    label: expect.stringMatching(/./),
    url: `${BASE}/knowledge#trochanteric-injection`,
    type: 'absolute',
  };
  expect(await linksOf(['knowledgePages'])).toContainEqual(link);
  await app?.close();
  expect(JSON.stringify(await linksOf([]))).not.toContain('/knowledge');
});

describe('ratings of imaging orders', () => {
  const { fhirServer: _, ...request } = readRequest('order-select/sandbox-pama-lumbar-mri.json');
  const prefetch = prefetchFrom(readPatient('sciatica-acute-severe'), templates(), request.context);
  const [order = { resourceType: 'ServiceRequest' }] = (request.context.draftOrders.entry ?? []).map(
    ({ resource }) => resource,
  );
  const answered = async (supports: readonly string[], changes: object = {}) => {
    const draftOrders = { ...request.context.draftOrders, entry: [{ resource: { ...order, ...changes } }] };
    const body = { ...request, context: { ...request.context, draftOrders }, prefetch };
    return (await call(await start({ supports }, { knowledge: withImaging() }), body)).json;
  };
  const rating = (code: string) => ({
    url: 'http://fhir.org/argonaut/Extension/pama-rating',
    valueCodeableConcept: { coding: [{ system: 'http://fhir.org/argonaut/CodeSystem/pama-rating', code }] },
  });

  test('[R-02] ride on a suggestion and on system actions for a client that asks for them', async () => {
    const answer = await answered(['pamaRating']);
    const action = {
      type: 'update',
      description: expect.stringMatching(/./),
      resource: { ...order, extension: [rating('not-appropriate')] },
    };
    expect(problemsOf(answer)).toEqual([]);
    expect(answer.cards[0].suggestions.map((one: { actions: unknown }) => one.actions)).toContainEqual([action]);
    expect(answer.systemActions).toEqual([action]);
    expect(answer.extension).toEqual({ systemActions: [action] });
  });

  test('wait until the order has a reason: without, the order would be carried back without', async () => {
    const answer = await answered(['pamaRating'], { reasonCode: [] });
    expect(answer.cards).toHaveLength(1);
    expect(Object.keys(answer)).toEqual(['cards']);
    expect(JSON.stringify(answer)).not.toContain('pama-rating');
  });

  test('silence the card once the order has the rating it would be given, and replace another', async () => {
    const extension = [{ url: 'https://other.example.org', valueBoolean: true }, rating('not-appropriate')];
    expect(await answered(['pamaRating'], { extension })).toEqual({ cards: [] });
    await app?.close();
    const { systemActions } = await answered(['pamaRating'], { extension: [rating('appropriate')] });
    expect(systemActions[0].resource.extension).toEqual([rating('not-appropriate')]);
  });

  test('and nobody else is sent one', async () => {
    const answer = await answered(['actionSelectionBehavior']);
    expect(answer.cards).toHaveLength(1);
    expect(Object.keys(answer)).toEqual(['cards']);
    expect(JSON.stringify(answer)).not.toContain('pama-rating');
  });
});

describe('what a client is shown', () => {
  test('a live client gets the card', async () => {
    const { json } = await call(await start({ mode: 'live' }), WITH_PREFETCH);
    expect(json.cards).toHaveLength(1);
  });

  test('a silent client gets none, and what it would have got is recorded', async () => {
    const silent = await start({ mode: 'silent' });
    const { status, json } = await call(silent, WITH_PREFETCH);
    expect([status, json]).toEqual([200, { cards: [] }]);
    expect(silent.decisions[0]?.cards).toContainEqual(expect.objectContaining({ disposition: 'silent' }));
  });

  test("a client's locale decides the language, whatever the call accepts", async () => {
    const { json, headers } = await call(await start({ locale: 'es-MX' }), WITH_PREFETCH);
    expect(json.cards[0].summary).toContain('semanas');
    expect(headers['content-language']).toBe('es');
  });

  test('an order in codes of its own is what its ConceptMap says, and for nobody else', async () => {
    const draftOrders = structuredClone(WITH_PREFETCH.context.draftOrders) as unknown as {
      entry: { resource: Json }[];
    };
    for (const { resource } of draftOrders.entry)
      if (resource.code !== undefined)
        resource.code = { coding: [{ system: 'urn:own', code: 'HIP' }], text: 'Procedure 7' };
    const own = { ...WITH_PREFETCH, context: { ...WITH_PREFETCH.context, draftOrders } };
    const codeMap = new Map([['urn:own|HIP', [{ system: 'http://www.ama-assn.org/go/cpt', code: '20611' }]]]);
    expect((await call(await start(), own)).json.cards).toEqual([]);
    await app?.close();
    const { cards } = (await call(await start({ codeMap }), own)).json;
    expect(cards).toHaveLength(1);
    expect(cards[0].detail).toContain('Procedure 7');
  });

  test('two clients, and two tenants of one, get cards with names of their own', async () => {
    const keys = { jwks: { keys: [{ ...pair.jwk }] } };
    app = await startClientApp([aClient({ keys }), aClient({ id: 'other', issuer: 'https://b.example', keys })]);
    const uuids = [];
    for (const claims of [{}, { tenant: 'a' }, { tenant: 'b' }, { iss: 'https://b.example' }])
      uuids.push((await call(app, WITH_PREFETCH, claims)).json.cards[0].uuid);
    expect(new Set(uuids).size).toBe(4);
  });
});

test('a client that is taken out while its call is under way gets its answer, without a card', async () => {
  const watched = await startFhirServer(readPatient('gluteal-no-rehab'), () => {
    app?.registry.replace([aClient({ id: 'other', issuer: 'https://b.example' })]);
    return undefined;
  });
  const service = await start({ fhirServers: [watched.url] });
  const { status, json } = await call(service, { ...WITHOUT_PREFETCH, fhirServer: watched.url });
  expect([status, json]).toEqual([200, { cards: [] }]);
  expect(service.decisions).toMatchObject([{ client: 'ehr' }]);
  await watched.close();
});

describe("a client's FHIR servers", () => {
  const request = () => ({ ...WITHOUT_PREFETCH, fhirServer: fhir.url });

  test('[F-01] [F-02] are read, with the token of the call and not with that of the client', async () => {
    const { json } = await call(await start({ fhirServers: [fhir.url] }), request());
    expect(json.cards).toHaveLength(1);
    const token = WITHOUT_PREFETCH.fhirAuthorization?.access_token;
    expect(new Set(fhir.asked.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${token}`]));
  });

  test('[N-15] others are not, on loopback neither: data that are needed make a 412', async () => {
    const { status, body } = await call(await start({ fhirServers: ['https://ehr.example.org/fhir'] }), request());
    expect(status).toBe(412);
    expect(body).toContain('this fhirServer is not one that is read here');
    expect(fhir.asked).toEqual([]);
  });

  test('[N-15] nor are those of another client', async () => {
    const keys = { jwks: { keys: [{ ...pair.jwk }] } };
    const other = aClient({ id: 'other', issuer: 'https://b.example', keys, fhirServers: [fhir.url] });
    app = await startClientApp([aClient({ keys }), other]);
    expect((await call(app, request())).status).toBe(412);
    expect(fhir.asked).toEqual([]);
    expect((await call(app, request(), { iss: 'https://b.example' })).status).toBe(200);
  });

  test('without fhirAuthorization nothing is read', async () => {
    const { fhirAuthorization, ...anonymous } = request();
    const { status, body } = await call(await start({ fhirServers: [fhir.url] }), anonymous);
    expect(status).toBe(412);
    expect(body).toContain('not without a fhirAuthorization');
    expect(fhir.asked).toEqual([]);
  });

  test('[N-18] are read within the budget of the client', async () => {
    const slow = createServer(() => {});
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/fhir`;
    const patient = await start({ fhirServers: [url], budgetMs: 100 }, { fhirBudgetMs: 60_000 });
    const { status } = await call(patient, { ...WITHOUT_PREFETCH, fhirServer: url });
    expect(status).toBe(412);
    slow.close();
    slow.closeAllConnections();
  });

  test('[N-27] one that keeps failing is left alone, and the others are read on', async () => {
    const broken = await startFhirServer(readPatient('gluteal-no-rehab'), () => 503);
    const both = await start({ fhirServers: [broken.url, fhir.url] });
    for (let round = 0; round < 6; round += 1) await call(both, { ...WITHOUT_PREFETCH, fhirServer: broken.url });
    broken.asked.length = 0;
    const { status, body } = await call(both, { ...WITHOUT_PREFETCH, fhirServer: broken.url });
    expect([status, broken.asked.length]).toEqual([412, 0]);
    expect(body).toContain('keeps failing and is left alone for a while');
    expect((await call(both, request())).status).toBe(200);
    await broken.close();
  });

  const registered = aClient({ fhirServers: ['https://ehr.example.org/r4', 'https://other.example.org:8443'] });
  test.each([
    'https://ehr.example.org/r4',
    'https://ehr.example.org/r4/tenant-1',
    'https://EHR.example.org:443/r4',
    'https://ehr.example.org/x/../r4',
    'https://other.example.org:8443/anything',
  ])('[N-15] %s lies under a registered one', (url) => {
    expect(registeredServer(registered, url)).toBeDefined();
  });

  test.each([
    'https://ehr.example.org',
    'https://ehr.example.org/r4x',
    'https://ehr.example.org/R4',
    'https://ehr.example.org/r4/../admin',
    'https://ehr.example.org/r4/%2e%2e/admin',
    'https://ehr.example.org/r4/%2e%2e%2fadmin',
    'https://ehr.example.org/r4/..%5cadmin',
    'https://ehr.example.org./r4',
    'http://ehr.example.org/r4',
    'https://ehr.example.org:8443/r4',
    'https://other.example.org/',
    'https://ehr.example.org.evil.example/r4',
    'https://ehr.example.org@evil.example/r4',
    'https://user@ehr.example.org/r4',
    'https://evil.example/https://ehr.example.org/r4',
    'http://127.0.0.1/r4',
    'file:///r4',
  ])('[N-15] %s does not', (url) => {
    expect(registeredServer(registered, url)).toBeUndefined();
  });
});

describe('CORS with registered clients', () => {
  const OURS = 'https://launcher.example.org';
  const THEIRS = 'https://evil.example.org';
  const withOrigins = () => start({ origins: [OURS, 'https://second.example.org'] });
  const preflight = ({ url }: ClientApp, path: string, origin: string) =>
    fetch(url + path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  test.each([SELECT, `${SELECT}/feedback`, '/cds-services', '/nowhere'])(
    '[X-05] [N-26] a preflight of %s needs no token, and allows registered origins only',
    async (path) => {
      const service = await withOrigins();
      const ours = await preflight(service, path, OURS);
      expect(ours.status).toBe(204);
      expect(ours.headers.get('access-control-allow-origin')).toBe(OURS);
      expect(ours.headers.get('access-control-allow-headers')).toBe('Authorization,Content-Type');
      expect(ours.headers.get('vary')).toMatch(/\bOrigin\b/);
      const theirs = await preflight(service, path, THEIRS);
      expect(theirs.headers.get('access-control-allow-origin')).toBeNull();
      expect(theirs.headers.get('vary')).toMatch(/\bOrigin\b/);
      for (const { headers } of [ours, theirs]) expect(headers.get('access-control-allow-credentials')).toBeNull();
    },
  );

  test('[N-26] answers and errors carry the header too', async () => {
    const service = await withOrigins();
    const token = ['authorization', `Bearer ${await sign(pair, claimsFor(SELECT))}`] as const;
    const answers = [
      await send(service.url + SELECT, [token, ['origin', OURS]], WITH_PREFETCH),
      await send(service.url + SELECT, [['origin', OURS]], WITH_PREFETCH),
      await send(`${service.url}/nowhere`, [['origin', OURS]], {}),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404]);
    for (const { headers } of answers) {
      expect(headers['access-control-allow-origin']).toBe(OURS);
      expect(headers.vary).toMatch(/\bOrigin\b/);
    }
    const foreign = await send(service.url + SELECT, [['origin', THEIRS]], WITH_PREFETCH);
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
    expect(foreign.headers.vary).toMatch(/\bOrigin\b/);
  });

  test.each(['null', 'https://launcher.example.org.evil.example', 'http://launcher.example.org', '*'])(
    '[N-26] the origin %s is not allowed',
    async (origin) => {
      const { headers } = await preflight(await withOrigins(), SELECT, origin);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('follows the clients when they are replaced; with no origin at all nothing is allowed', async () => {
    const service = await withOrigins();
    service.registry.replace([aClient()]);
    const { status, headers } = await preflight(service, SELECT, OURS);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, null]);
  });
});

test('browsers are told to insist on TLS, which is in front of a service with clients', async () => {
  const app = await startClientApp([aClient()]);
  const { headers } = await fetch(`${app.url}/cds-services`);
  expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
  await app.close();
});

describe('how often a client may call', () => {
  test('beyond the limit the answer is 429 with Retry-After, for this client only', async () => {
    const keys = { jwks: { keys: [{ ...pair.jwk }] } };
    const clients = [aClient({ keys }), aClient({ id: 'other', issuer: 'https://b.example', keys })];
    app = await startClientApp(clients, { rateLimit: 3 });
    const statuses = [];
    for (let round = 0; round < 4; round += 1) statuses.push((await call(app, WITH_PREFETCH)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const { status, headers, json } = await call(app, WITH_PREFETCH);
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(json).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'throttled', details: { coding: [{ code: 'rate-limited' }] } }],
    });
    expect((await call(app, WITH_PREFETCH, { iss: 'https://b.example' })).status).toBe(200);
  });

  test('an address that fails 600 times in a minute is not listened to, others are', async () => {
    const service = await start();
    const from = (address: string, token = 'x') =>
      send(
        service.url + SELECT,
        [
          ['authorization', `Bearer ${token}`],
          ['x-forwarded-for', address],
        ],
        {},
      );
    for (let round = 0; round < 12; round += 1)
      await Promise.all(Array.from({ length: 50 }, (_, index) => from(`198.51.100.${index}, 10.0.0.7`)));
    const { status, headers } = await from('10.0.0.7');
    expect([status, headers['retry-after']]).toEqual([429, '60']);
    expect((await from('10.0.0.7', await sign(pair, claimsFor(SELECT)))).status).toBe(429);
    expect((await from('10.0.0.7, 10.0.0.8')).status).toBe(401);
    expect((await from('10.0.0.8', await sign(pair, claimsFor(SELECT)))).status).toBe(400);
  });

  test('calls that succeed count against no address', async () => {
    const service = await start();
    const statuses = new Set<number>();
    const tokens = await Promise.all(Array.from({ length: 650 }, () => sign(pair, claimsFor(SELECT))));
    for (const token of tokens) statuses.add((await sendWith(service.url + SELECT, token, '{')).status);
    expect(statuses).toEqual(new Set([400]));
  });

  test('in preflights and discovery nothing is counted', async () => {
    const service = await start({}, { rateLimit: 1 });
    for (let round = 0; round < 3; round += 1) {
      expect((await fetch(`${service.url}/cds-services`)).status).toBe(200);
      expect((await fetch(service.url + SELECT, { method: 'OPTIONS' })).status).toBe(204);
    }
    expect((await call(service, WITH_PREFETCH)).status).toBe(200);
  });
});
