import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CdsResponse } from '../../src/cds-hooks/types.ts';
import { Unavailable } from '../../src/errors.ts';
import type { Outcome } from '../contract/fake-app.ts';
import { search } from '../support/fhir-search.ts';
import { type RequestFixture, readPatient, readRequest } from '../support/fixtures.ts';
import {
  type Answer,
  aClient,
  type ClientApp,
  type ClientAppOptions,
  claimsFor,
  type KeyHost,
  makePair,
  NOON,
  type Pair,
  SELECT,
  sendWith,
  sign,
  startClientApp,
  startKeyHost,
} from './client-app.ts';

/** Every fault of what this service depends on, and what a registered client is answered meanwhile and afterwards. */
const BUDGET_MS = 400;
/** What a call may take beyond the budget, on a slow machine. */
const SLACK_MS = 3000;
const PREFETCHED = readRequest('order-select/gluteal-no-rehab.json');
const BARE = readRequest('order-select/gluteal-no-rehab-without-prefetch.json');
const chart = readPatient(BARE.context.patientId);

/** Answers a read in its own way; false leaves it to the chart. */
type Fault = (path: string, response: ServerResponse) => boolean;
const NO_FAULT: Fault = () => false;
const status =
  (code: number, headers: Record<string, string> = {}): Fault =>
  (_path, response) => {
    response.writeHead(code, { 'content-type': 'application/fhir+json', ...headers });
    response.end('{"resourceType":"OperationOutcome","issue":[]}');
    return true;
  };
const only =
  (type: string, fault: Fault): Fault =>
  (path, response) =>
    path.startsWith(type) && fault(path, response);
const text =
  (body: string): Fault =>
  (_path, response) => {
    response.end(body);
    return true;
  };
const never: Fault = () => true;
const halfThen =
  (rest: (response: ServerResponse) => void): Fault =>
  (_path, response) => {
    response.writeHead(200, { 'content-type': 'application/fhir+json', 'content-length': '5000' });
    response.write('{"resourceType":"Bundle","entry":[');
    setTimeout(() => rest(response), 20);
    return true;
  };
/** The first page with a link to a second one, for which the server no longer takes the token. */
const revoked: Fault = (path, response) => {
  if (path.startsWith('page2')) return status(401)(path, response);
  if (!path.startsWith('Condition')) return false;
  const found = search(chart, path) as { entry?: unknown[] };
  const link = [{ relation: 'next', url: `${fhirUrl}/page2` }];
  response.end(JSON.stringify({ ...found, entry: found.entry?.slice(0, 2), link }));
  return true;
};

let fault = NO_FAULT;
let fhirUrl = '';
const fhir = createServer((request, response) => {
  const path = decodeURIComponent((request.url ?? '').replace(/^\/fhir\//, ''));
  if (fault(path, response)) return;
  const found = search(chart, path);
  response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify(found ?? { resourceType: 'OperationOutcome', issue: [] }));
});

let pair: Pair;
let keyHost: KeyHost;
let app: ClientApp | undefined;
beforeAll(async () => {
  pair = await makePair('ES384', 'k1');
  await new Promise<void>((resolve) => fhir.listen(0, '127.0.0.1', resolve));
  fhirUrl = `http://127.0.0.1:${(fhir.address() as AddressInfo).port}/fhir`;
});
afterAll(() => {
  fhir.close();
  fhir.closeAllConnections();
});
afterEach(async () => {
  fault = NO_FAULT;
  await app?.close();
  app = undefined;
});

async function open(options: ClientAppOptions = {}, changes: Parameters<typeof aClient>[0] = {}): Promise<ClientApp> {
  const client = aClient({ keys: { jwks: { keys: [pair.jwk] as never } }, fhirServers: [fhirUrl], ...changes });
  app = await startClientApp([client], { fhirBudgetMs: BUDGET_MS, ...options });
  return app;
}
async function call(request: RequestFixture = PREFETCHED, claims: Record<string, unknown> = {}): Promise<Answer> {
  const token = await sign(pair, claimsFor(SELECT, claims));
  return sendWith(`${app?.url}${SELECT}`, token, { ...request, ...(request.fhirServer && { fhirServer: fhirUrl }) });
}
const codeOf = ({ body }: Answer) => (JSON.parse(body) as Outcome).issue[0]?.details?.coding[0]?.code;
const cardOf = ({ body }: Answer) => (JSON.parse(body) as CdsResponse).cards[0];
const timed = async (work: () => Promise<Answer>) => {
  const startedAt = performance.now();
  const answer = await work();
  expect(performance.now() - startedAt).toBeLessThan(BUDGET_MS + SLACK_MS);
  return answer;
};

const EVERYTHING: readonly (readonly [string, Fault])[] = [
  ['hangs up', (_path, response) => Boolean(response.destroy())],
  ['is slow', never],
  ['answers 500', status(500)],
  ['answers 401', status(401)],
  ['answers 403', status(403)],
  ['answers 404', status(404)],
  ['answers 429', status(429, { 'retry-after': '60' })],
  ['redirects', status(302, { location: 'http://127.0.0.1:1/fhir' })],
  ['answers half and hangs', halfThen(() => {})],
  ['answers half and hangs up', halfThen((response) => response.destroy())],
  ['answers HTML', text('<html>maintenance</html>')],
  ['answers nothing', text('')],
  ['answers an OperationOutcome with 200', status(200)],
  ['answers about somebody else', text('{"resourceType":"Patient","id":"somebody"}')],
];

describe('a FHIR server that', () => {
  test.each(EVERYTHING)('[P-10] [N-18] %s: 412 in time without prefetch, and a card afterwards', async (_name, how) => {
    await open();
    fault = how;
    const answer = await timed(() => call(BARE));
    expect([answer.status, codeOf(answer)]).toEqual([412, 'chart-incomplete']);
    expect(answer.body).not.toMatch(/gluteal-no-rehab|example-token|127\.0\.0\.1/);
    fault = NO_FAULT;
    expect(cardOf(await call(BARE))).toBeDefined();
  });

  test.each(EVERYTHING)('%s: the same card as ever with prefetch', async (_name, how) => {
    await open();
    fault = how;
    const { fhirServer, fhirAuthorization } = BARE;
    const answer = await timed(() =>
      call({ ...PREFETCHED, ...(fhirServer && fhirAuthorization && { fhirServer, fhirAuthorization }) }),
    );
    expect(cardOf(answer)).toMatchObject({ indicator: 'warning' });
  });

  test.each([
    ['refuses measurements', only('Observation', status(403))],
    ['is slow with measurements', only('Observation', never)],
    ['fails with reports', only('DiagnosticReport', status(500))],
  ])('%s, which are optional: a card that says what could not be checked', async (_name, how) => {
    await open();
    fault = how;
    const answer = await timed(() => call(BARE));
    expect(answer.status).toBe(200);
    expect(cardOf(answer)?.detail).toContain('**Could not be checked:**');
  });

  test('no longer takes the token after the first page: what was read counts, and the answer is a 200', async () => {
    await open();
    fault = revoked;
    expect((await timed(() => call(BARE))).status).toBe(200);
  });
});

describe('a key host that', () => {
  afterEach(() => keyHost.close());

  test.each<[string, KeyHost['fault'] | 'down']>([
    ['is down', 'down'],
    ['answers 500', { status: 500 }],
    ['answers no keys', { body: '{}' }],
    ['answers HTML', { body: '<html>' }],
    ['redirects', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ])('%s: 401 at the first call, a card where the keys are known', async (_name, trouble) => {
    keyHost = await startKeyHost([pair.jwk]);
    const known = await open({}, { keys: { url: keyHost.url } });
    expect((await call()).status).toBe(200);
    if (trouble === 'down') await keyHost.close();
    else keyHost.fault = trouble;
    expect((await call()).status).toBe(200);
    await known.close();
    await open({}, { keys: { url: keyHost.url } });
    expect((await call()).status).toBe(401);
  });
});

describe('a store that', () => {
  const away = () => Promise.reject(new Unavailable('The store is away.'));
  const store = {
    answeredWithin: async () => false,
    recordDecision: async () => {},
    recordFeedback: async () => {},
  };

  test('cannot tell whether a token was used: 503 with Retry-After, and no card', async () => {
    await open({ insertJti: away });
    const answer = await call();
    expect([answer.status, codeOf(answer), answer.headers['retry-after']]).toEqual([503, 'unavailable', '5']);
  });

  test.each([
    ['cannot record', { recordDecision: away }],
    ['cannot tell what was answered', { answeredWithin: away }],
    ['does not say what was answered', { answeredWithin: () => new Promise<never>(() => {}) }],
  ])('%s: the card is shown', async (_name, broken) => {
    await open({ store: { ...store, ...broken } });
    expect(cardOf(await timed(() => call()))).toBeDefined();
  });

  test('cannot keep feedback: 503 with Retry-After', async () => {
    await open({ store: { ...store, recordFeedback: away } });
    const token = await sign(pair, claimsFor(`${SELECT}/feedback`));
    const feedback = [{ card: 'c', outcome: 'overridden', outcomeTimestamp: '2026-11-24T12:00:00Z' }];
    const answer = await sendWith(`${app?.url}${SELECT}/feedback`, token, { feedback });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
  });
});

describe('a client whose clock', () => {
  test.each([
    ['runs 50 seconds ahead', 50, 200],
    ['runs 50 seconds late, with tokens for five minutes', -50, 200],
    ['runs two minutes ahead', 120, 401],
    ['runs seven minutes late, with tokens for five', -420, 401],
  ])('%s: %d s: %d', async (_name, skew, expected) => {
    await open();
    expect((await call(PREFETCHED, { iat: NOON + skew, exp: NOON + skew + 300 })).status).toBe(expected);
  });
});
