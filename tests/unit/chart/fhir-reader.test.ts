import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assembleSlices } from '../../../src/chart/assemble.ts';
import { type FhirReaderOptions, openFhirReader } from '../../../src/chart/fhir-reader.ts';

const BASE = 'https://ehr.example/fhir';
const TOKEN = 'secret-token';
const FHIR_JSON = { 'content-type': 'application/fhir+json' };

const open = (changes: Partial<FhirReaderOptions> = {}) =>
  openFhirReader({ server: BASE, signal: AbortSignal.timeout(5000), ...changes });

describe('over a mocked network', () => {
  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
  });
  afterEach(() => nock.cleanAll());
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });

  test('[F-02] [N-17] reads with the token and the FHIR media type', async () => {
    const scope = nock('https://ehr.example', {
      reqheaders: { authorization: `Bearer ${TOKEN}`, accept: 'application/fhir+json' },
    })
      .get('/fhir/Patient/1')
      .reply(200, { resourceType: 'Patient', id: '1' }, FHIR_JSON);
    const result = await open({ token: TOKEN }).read('Patient/1');
    expect(result).toEqual({ ok: true, resource: { resourceType: 'Patient', id: '1' } });
    expect(scope.isDone()).toBe(true);
  });

  test('[F-03] what it returns does not carry the request or its token', async () => {
    nock('https://ehr.example').get('/fhir/Patient/1').reply(200, { resourceType: 'Patient' });
    const result = await open({ token: TOKEN }).read('Patient/1');
    expect(result.ok && Object.getOwnPropertyNames(result.resource)).toEqual(['resourceType']);
  });

  test('without a token there is no authorization header', async () => {
    nock('https://ehr.example', { badheaders: ['authorization'] })
      .get('/fhir/Patient/1')
      .reply(200, { resourceType: 'Patient' });
    expect(await open().read('Patient/1')).toMatchObject({ ok: true });
  });

  test('a search keeps its query, with what some servers refuse encoded', async () => {
    nock('https://ehr.example')
      .get('/fhir/Observation')
      .query({ code: 'http://loinc.org|8310-5,http://loinc.org|72514-3', _sort: '-date' })
      .reply(200, { resourceType: 'Bundle' });
    const path = 'Observation?code=http://loinc.org|8310-5,http://loinc.org|72514-3&_sort=-date';
    expect(await open().read(path)).toMatchObject({ ok: true });
  });

  test.each([
    [401, 'HTTP 401'],
    [403, 'HTTP 403'],
    [404, 'HTTP 404'],
    [500, 'HTTP 500'],
    [503, 'HTTP 503'],
  ])('a %i has a short reason, with a JSON body or another one', async (status, reason) => {
    nock('https://ehr.example').get('/fhir/Patient/1').reply(status, { resourceType: 'OperationOutcome' });
    nock('https://ehr.example').get('/fhir/Patient/1').reply(status, '<html>Patient 1</html>');
    nock('https://ehr.example').get('/fhir/Patient/1').reply(status);
    for (let round = 0; round < 3; round += 1) {
      expect(await open({ token: TOKEN }).read('Patient/1')).toEqual({ ok: false, reason });
    }
  });

  test.each(['{"resourceType":"Pat', '<html></html>', 'hello'])('%j is not JSON', async (body) => {
    nock('https://ehr.example').get('/fhir/Patient/1').reply(200, body, FHIR_JSON);
    expect(await open().read('Patient/1')).toEqual({ ok: false, reason: 'not JSON' });
  });

  test.each(['{}', '[]', '[{"resourceType":"Patient"}]', '{"resourceType":7}', 'null', '"Patient"', '7', 'true', ''])(
    '%j is not a FHIR resource',
    async (body) => {
      nock('https://ehr.example').get('/fhir/Patient/1').reply(200, body, FHIR_JSON);
      expect(await open().read('Patient/1')).toEqual({ ok: false, reason: 'not a FHIR resource' });
    },
  );

  test('an OperationOutcome is no answer, although it comes with a 200', async () => {
    nock('https://ehr.example').get('/fhir/Patient/1').reply(200, { resourceType: 'OperationOutcome' });
    expect(await open().read('Patient/1')).toMatchObject({ ok: false });
  });

  test.each([301, 302, 303, 307, 308])('[N-15] a %i is not followed', async (status) => {
    const elsewhere = nock('https://evil.example').get('/Patient/1').reply(200, { resourceType: 'Patient' });
    const nearby = nock('https://ehr.example').get('/fhir/Patient/2').reply(200, { resourceType: 'Patient' });
    for (const location of ['https://evil.example/Patient/1', '/fhir/Patient/2']) {
      nock('https://ehr.example').get('/fhir/Patient/1').reply(status, '', { location });
      expect(await open({ token: TOKEN }).read('Patient/1')).toEqual({ ok: false, reason: 'redirect refused' });
    }
    expect([elsewhere.isDone(), nearby.isDone()]).toEqual([false, false]);
  });

  test('[N-18] a slow server is left at the deadline', async () => {
    nock('https://ehr.example').get('/fhir/Patient/1').delay(2000).reply(200, { resourceType: 'Patient' });
    const signal = AbortSignal.timeout(50);
    expect(await open({ signal }).read('Patient/1')).toEqual({ ok: false, reason: 'timed out' });
    expect(await open({ signal }).read('Patient/1')).toEqual({ ok: false, reason: 'timed out' });
    nock.abortPendingRequests();
  });

  test('a broken connection says nothing of where to', async () => {
    nock('https://ehr.example').get('/fhir/Patient/1').replyWithError('connect ECONNREFUSED ehr.example Patient/1');
    expect(await open().read('Patient/1')).toEqual({ ok: false, reason: 'connection failed' });
  });

  test.each([
    'https://evil.example/fhir?page=2',
    'http://ehr.example/fhir?page=2',
    'https://ehr.example:8443/fhir?page=2',
    'https://ehr.example/fhirevil?page=2',
    'https://ehr.example/other/Patient/1',
    'https://ehr.example/fhir/../admin',
    'https://ehr.example/fhir/%2e%2e/admin',
    'https://ehr.example/fhir/..%2fadmin',
    'https://ehr.example/fhir/..%5Cadmin',
    'https://ehr.example/fhir/..\\admin',
    'https://ehr.example\\@evil.example/fhir',
    'https://ehr.example@evil.example/fhir',
    'https://user@ehr.example/fhir?page=2',
    'https://user:pass@ehr.example/fhir?page=2',
    'https://ehr.example.evil.example/fhir',
    '//evil.example/fhir',
    '\\\\evil.example\\fhir',
    '/admin',
    '../admin',
    'Patient/../../admin',
    'https://',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:application/json,{"resourceType":"Patient"}',
  ])('[N-15] [F-05] %s leaves the server: refused without a request', async (path) => {
    let requests = 0;
    const listener = (): void => {
      requests += 1;
    };
    nock.emitter.on('no match', listener);
    const result = await open({ token: TOKEN }).read(path);
    nock.emitter.off('no match', listener);
    expect(result).toEqual({ ok: false, reason: 'next link leaves the FHIR server' });
    expect(requests).toBe(0);
  });

  test.each([
    ['https://ehr.example/fhir?page=2', '/fhir?page=2'],
    ['https://ehr.example:443/fhir/Condition?page=2', '/fhir/Condition?page=2'],
    ['HTTPS://EHR.EXAMPLE/fhir/?page=2', '/fhir/?page=2'],
    ['/fhir/Condition?page=2', '/fhir/Condition?page=2'],
    ['Condition?page=2', '/fhir/Condition?page=2'],
    ['?page=2', '/fhir/?page=2'],
    ['https://ehr.example/fhir/x/../Condition?page=2#frag', '/fhir/Condition?page=2'],
    ['httpThing/1', '/fhir/httpThing/1'],
  ])('[P-13] %s is read', async (path, expected) => {
    const scope = nock('https://ehr.example').get(expected).reply(200, { resourceType: 'Bundle' });
    expect(await open().read(path)).toMatchObject({ ok: true });
    expect(scope.isDone()).toBe(true);
  });

  test('[N-18] endless paging ends at the bound', async () => {
    let pages = 0;
    nock('https://ehr.example')
      .get(/Condition/)
      .times(50)
      .reply(200, () => {
        pages += 1;
        const link = [{ relation: 'next', url: `${BASE}/Condition?page=${pages}` }];
        return { resourceType: 'Bundle', link, entry: [{ resource: { resourceType: 'Condition', id: `${pages}` } }] };
      });
    const slices = await assembleSlices({
      definitions: [
        { name: 'c', type: 'Condition', template: 'Condition?patient={{context.patientId}}', required: true, pages: 4 },
      ],
      request: {
        hook: 'order-sign',
        hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
        context: { userId: 'Practitioner/1', patientId: 'p1', draftOrders: {} },
      },
      openReader: () => open(),
    });
    expect(pages).toBe(4);
    expect(slices.get('c')).toMatchObject({ state: 'partial', resources: [{}, {}, {}, {}] });
  });
});

describe('over a real connection', () => {
  let server: Server;
  let connections = 0;
  let requests: IncomingMessage[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
  const openReal = (changes: Partial<FhirReaderOptions> = {}) => open({ server: url(), mostBytes: 10_000, ...changes });
  const patient = (size: number): string => JSON.stringify({ resourceType: 'Patient', text: 'x'.repeat(size) });

  // a server for each spec: connections that one spec breaks off lie in the pool of its origin for a while
  beforeEach(async () => {
    requests = [];
    connections = 0;
    server = createServer((request, response) => {
      requests.push(request);
      answer(request, response);
    });
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  test.each(['declared', 'chunked'])('[N-18] an answer beyond the limit is refused (%s)', async (way) => {
    answer = (_request, response) => {
      if (way === 'chunked') response.write(' ');
      response.end(patient(20_000));
    };
    expect(await openReal().read('Patient/1')).toEqual({ ok: false, reason: 'answer too large' });
  });

  test('an answer within the limit is read', async () => {
    answer = (_request, response) => response.end(patient(9000));
    expect(await openReal().read('Patient/1')).toMatchObject({ ok: true });
  });

  test('[N-18] so are those beyond it that are within it one by one; another call has a limit of its own', async () => {
    answer = (_request, response) => response.end(patient(4000));
    const reader = openReal();
    const results = [await reader.read('Patient/1'), await reader.read('Patient/1'), await reader.read('Patient/1')];
    expect(results.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(results[2]).toEqual({ ok: false, reason: 'answer too large' });
    expect(await openReal().read('Patient/1')).toMatchObject({ ok: true });
  });

  test('[N-18] a compressed answer, which would get past the limit, is not asked for and not taken', async () => {
    answer = (_request, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(patient(5_000_000)));
    expect(await openReal().read('Patient/1')).toMatchObject({ ok: false });
    expect(requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('[F-06] only GET, with the token, and connections are used again', async () => {
    answer = (_request, response) => response.end(patient(10));
    for (let round = 0; round < 10; round += 1) await openReal({ token: TOKEN }).read('Patient/1');
    // the next read may begin before the connection of the last one is back in the pool
    expect(connections).toBeLessThanOrEqual(2);
    expect(requests.map(({ method }) => method)).toEqual(Array(10).fill('GET'));
    expect(new Set(requests.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer ${TOKEN}`]));
  });

  test('[N-15] a redirect is not followed', async () => {
    answer = (_request, response) => response.writeHead(302, { location: `${url()}/Patient/2` }).end();
    expect(await openReal().read('Patient/1')).toEqual({ ok: false, reason: 'redirect refused' });
    expect(requests).toHaveLength(1);
  });

  test('[N-18] a server that stops half way is left at the deadline, or when it hangs up', async () => {
    answer = (_request, response) => void response.writeHead(200, { 'content-length': 100 }).write('{"resource');
    expect(await openReal({ signal: AbortSignal.timeout(60) }).read('Patient/1')).toEqual({
      ok: false,
      reason: 'timed out',
    });
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"resource');
      setTimeout(() => response.destroy(), 10);
    };
    expect(await openReal().read('Patient/1')).toEqual({ ok: false, reason: 'connection failed' });
  });

  test('a port where nobody listens', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const reader = openReal({ server: `http://127.0.0.1:${port}` });
    expect(await reader.read('Patient/1')).toEqual({ ok: false, reason: 'connection failed' });
  });

  test('many reads under one deadline leave no warnings', async () => {
    const warnings: Error[] = [];
    const collect = (warning: Error): void => void warnings.push(warning);
    process.on('warning', collect);
    answer = (_request, response) => response.end(patient(10));
    const reader = openReal();
    const results = await Promise.all(Array.from({ length: 40 }, (_, index) => reader.read(`Patient/${index}`)));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', collect);
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(warnings).toEqual([]);
  });
});
