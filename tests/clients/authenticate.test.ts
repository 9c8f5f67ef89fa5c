import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { CompactSign, type CryptoKey, exportJWK, exportSPKI, importJWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/errors.ts';
import { openStore } from '../../src/store/open.ts';
import { readRequest } from '../support/fixtures.ts';
import {
  type Answer,
  aClient,
  BASE,
  type ClientApp,
  claimsFor,
  ISSUER,
  type KeyHost,
  makePair,
  NOON,
  type Pair,
  rememberTokens,
  SELECT,
  send,
  sendWith,
  sign,
  startClientApp,
  startKeyHost,
} from './client-app.ts';

const SIGN = '/cds-services/rehab-first-order-sign';
const FEEDBACK = `${SELECT}/feedback`;
const CALL = readRequest('order-select/knee-osteoarthritis.json');
const SIGN_CALL = readRequest('order-sign/gluteal-no-rehab.json');
const ANSWERED = {
  feedback: [{ card: 'c', outcome: 'overridden', outcomeTimestamp: '2026-11-24T11:59:00Z' }],
};

let es: Pair;
let rs: Pair;
let stranger: Pair;
let host: KeyHost;
let elsewhere: KeyHost;
let app: ClientApp;

beforeAll(async () => {
  [es, rs, stranger] = await Promise.all([
    makePair('ES384', 'es'),
    makePair('RS384', 'rs'),
    makePair('ES384', 'es'), // another key, with the kid of ours
  ]);
  host = await startKeyHost([es.jwk, rs.jwk]);
  elsewhere = await startKeyHost([stranger.jwk]);
  app = await startClientApp([
    aClient({ keys: { url: host.url } }),
    aClient({
      id: 'grouped',
      issuer: 'https://grouped.example.org',
      keys: { jwks: { keys: [rs.jwk] } },
      tenants: ['north', 'south'],
    }),
    aClient({
      id: 'both',
      issuer: 'https://both.example.org',
      keys: { jwks: { keys: [rs.jwk] }, jku: elsewhere.url },
    }),
  ]);
});
afterAll(() => Promise.all([app.close(), host.close(), elsewhere.close()]));
beforeEach(() => {
  app.now = NOON;
  app.entries.length = 0;
});

const call = (token: string, path = SELECT, body: unknown = CALL) => sendWith(app.url + path, token, body);
/** Everything of an answer but when it was sent. */
const seen = ({ status, headers: { date, ...headers }, body }: Answer) => ({ status, headers, body });

describe('a token of a registered client is taken', () => {
  test.each(['ES384', 'RS384'])('[A-02] [A-03] [A-10] signed with %s', async (alg) => {
    const pair = alg === 'ES384' ? es : rs;
    const answer = await call(await sign(pair, claimsFor(SELECT)));
    expect([answer.status, answer.body]).toEqual([200, '{"cards":[]}']);
    expect(app.entries[0]).toMatchObject({ client: 'ehr', status: 200 });
  });

  test.each([
    [SELECT, CALL],
    [SIGN, SIGN_CALL],
    [FEEDBACK, ANSWERED],
  ])('[A-07] [B-11] whose aud is the URL called, %s', async (path, body) => {
    expect((await call(await sign(es, claimsFor(path)), path, body)).status).toBe(200);
    const several = claimsFor(path, { aud: ['https://other.example.org', BASE + path] });
    expect((await call(await sign(es, several), path, body)).status).toBe(200);
  });

  test('[A-07] also where the URL is called with slashes to spare', async () => {
    expect((await call(await sign(es, claimsFor(SELECT)), `/${SELECT}/`)).status).toBe(200);
  });

  test.each([SELECT.replace('/cds-services/', '/cds-services//'), `${SELECT}/`])(
    '[A-07] also where its aud has the slashes to spare that the URL was called with: %s',
    async (path) => {
      expect((await call(await sign(es, claimsFor(path)), path)).status).toBe(200);
    },
  );

  test.each(['bearer', 'BEARER', 'bEaReR', 'Bearer  '])('[N-19] with the scheme written %s', async (scheme) => {
    const token = await sign(es, claimsFor(SELECT));
    expect((await send(app.url + SELECT, [['authorization', `${scheme} ${token}`]], CALL)).status).toBe(200);
  });

  test('[A-12] with the registered jku', async () => {
    expect((await call(await sign(es, claimsFor(SELECT), { jku: host.url }))).status).toBe(200);
  });

  test('[A-12] with the registered jku, or none, where keys were exchanged beforehand', async () => {
    for (const jku of [elsewhere.url, undefined]) {
      const token = await sign(rs, claimsFor(SELECT, { iss: 'https://both.example.org' }), { jku });
      expect((await call(token)).status, jku).toBe(200);
    }
  });

  test.each([
    ['without typ', { typ: undefined }],
    ['with keys of its own, which are not looked at', { x5c: ['MIIB'], x5u: 'https://evil.example', jwk: {} }],
  ])('%s', async (_name, header) => {
    expect((await call(await sign(es, claimsFor(SELECT), header))).status).toBe(200);
  });

  test.each([
    ['exp 59 s ago', { iat: NOON - 300, exp: NOON - 59 }],
    ['iat 60 s ahead', { iat: NOON + 60 }],
    ['nbf 60 s ahead', { nbf: NOON + 60 }],
    ['nbf past', { nbf: NOON - 1 }],
    ['a life of an hour', { exp: NOON + 3600 }],
    ['times with fractions', { iat: NOON - 0.5, exp: NOON + 0.5 }],
    ['members that nobody knows', { sub: 'x', extension: {} }],
    ['a jti of 255 characters', { jti: 'j'.repeat(255) }],
  ])('[A-08] with %s', async (_name, changes) => {
    expect((await call(await sign(es, claimsFor(SELECT, changes)))).status).toBe(200);
  });

  test.each(['north', 'south'])('[A-17] for the tenant %s, which is registered', async (tenant) => {
    const token = await sign(rs, claimsFor(SELECT, { iss: 'https://grouped.example.org', tenant }));
    expect((await call(token)).status).toBe(200);
  });

  test('[A-17] the tenant goes along with the client, to whatever is remembered', async () => {
    app.decisions.length = 0;
    await call(await sign(es, claimsFor(SIGN, { tenant: 'any tenant' })), SIGN, SIGN_CALL);
    expect(app.decisions).toMatchObject([{ client: 'ehr', tenant: 'any tenant' }]);
  });
});

const withPart = (token: string, index: number, part: string) =>
  token
    .split('.')
    .map((old, at) => (at === index ? part : old))
    .join('.');
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
const good = () => sign(es, claimsFor(SELECT));
/** An HMAC over claims, keyed with what everybody can know. */
const hmac = (alg: string, key: string, kid: string) => {
  const signed = `${encode({ alg, kid, typ: 'JWT' })}.${encode(claimsFor(SELECT))}`;
  return `${signed}.${createHmac(`sha${alg.slice(2)}`, key)
    .update(signed)
    .digest('base64url')}`;
};
const unsigned = (alg: unknown) => `${encode({ alg, kid: 'es', typ: 'JWT' })}.${encode(claimsFor(SELECT))}.`;
const bearer = (tokens: readonly string[]) => tokens.map((token) => `Bearer ${token}`);

/** Every refusal: its name, the reason in the log, and the Authorization headers. */
const REFUSALS: readonly [
  name: string,
  reason: string,
  headers: () => Promise<readonly string[]> | readonly string[],
][] = [
  ['[A-01] no header', 'no Authorization header', () => []],
  ['an empty header', 'no Authorization header', () => ['']],
  ['two headers', 'more than one', async () => bearer([await good(), await good()])],
  ['the same header twice', 'more than one', async () => bearer(Array(2).fill(await good()))],
  ['no scheme', 'not a bearer token', async () => [await good()]],
  ['another scheme', 'not a bearer token', async () => [`Basic ${await good()}`]],
  ['Basic credentials', 'not a bearer token', () => ['Basic dXNlcjpwYXNz']],
  ['a scheme alone', 'not a bearer token', () => ['Bearer']],
  ['two tokens in one header', 'not a bearer token', async () => [`Bearer ${await good()}, Bearer ${await good()}`]],
  ['a word for a token', 'not a bearer token', () => ['Bearer secret']],
  ['four parts', 'not a bearer token', async () => bearer([`${await good()}.e30`])],
  ['five parts, as encrypted tokens have', 'not a bearer token', () => bearer(['e30.e30.e30.e30.e30'])],
  ['characters that base64url has not', 'not a bearer token', async () => bearer([`${await good()}==`])],
  ['a token of 9000 characters', 'too long', claimsBearer({ padding: 'x'.repeat(9000) })],
  ['a header that is no JSON', 'not a JSON object', async () => bearer([withPart(await good(), 0, 'AAAA')])],
  ['a header that is a list', 'not a JSON object', async () => bearer([withPart(await good(), 0, encode([]))])],
  ['a payload that is null', 'not a JSON object', async () => bearer([withPart(await good(), 1, encode(null))])],
  ['a payload that is no JSON', 'not a JSON object', async () => bearer([withPart(await good(), 1, 'AAAA')])],
  ...['none', 'None', 'NONE', 'nOnE', ''].map((alg): (typeof REFUSALS)[number] => [
    `[A-04] alg "${alg}"`,
    'algorithm',
    () => bearer([unsigned(alg)]),
  ]),
  ['no alg', 'algorithm', () => bearer([unsigned(undefined)])],
  ['alg that is a list', 'algorithm', () => bearer([unsigned(['ES384'])])],
  ['[A-04] our alg, without a signature', 'signature', () => bearer([unsigned('ES384')])],
  ...['HS256', 'HS384', 'HS512'].flatMap((alg): (typeof REFUSALS)[number][] => [
    [
      `[A-05] ${alg} keyed with the public key as PEM`,
      'algorithm',
      async () => bearer([hmac(alg, await pem(rs), 'rs')]),
    ],
    [
      `[A-05] ${alg} keyed with the public key as JWK`,
      'algorithm',
      () => bearer([hmac(alg, JSON.stringify(rs.jwk), 'rs')]),
    ],
  ]),
  ...['RS256', 'PS384', 'ES256', 'ES512', 'EdDSA'].map((alg): (typeof REFUSALS)[number] => [
    `another asymmetric algorithm, ${alg}`,
    'algorithm',
    async () => bearer([await sign(await makePair(alg, 'es'), claimsFor(SELECT))]),
  ]),
  [
    '[A-03] an EC key asked to be used with RS384',
    'kid',
    async () => bearer([await sign({ ...rs, kid: 'es' }, claimsFor(SELECT))]),
  ],
  [
    'an RSA key asked to be used with ES384',
    'kid',
    async () => bearer([await sign({ ...es, kid: 'rs' }, claimsFor(SELECT))]),
  ],
  [
    'critical extensions',
    'critical',
    async () => bearer([withPart(await good(), 0, encode({ alg: 'ES384', kid: 'es', crit: ['exp'], exp: 1 }))]),
  ],
  [
    'an unencoded payload',
    'critical',
    async () => bearer([withPart(await good(), 0, encode({ alg: 'ES384', kid: 'es', crit: ['b64'], b64: false }))]),
  ],
  ['[A-10] no kid', 'kid', headerBearer({ kid: undefined })],
  ['an empty kid', 'kid', headerBearer({ kid: '' })],
  ['a kid that is a number', 'kid', headerBearer({ kid: 1 })],
  ['[A-10] an unknown kid', 'kid is not in the key set', headerBearer({ kid: 'nobody' })],
  ['a kid from the prototype', 'kid is not in the key set', headerBearer({ kid: '__proto__' })],
  ['[A-12] an unknown issuer', 'not a registered client', claimsBearer({ iss: 'https://stranger.example.org' })],
  ['the issuer with a slash', 'not a registered client', claimsBearer({ iss: `${ISSUER}/` })],
  ['the issuer in capitals', 'not a registered client', claimsBearer({ iss: ISSUER.toUpperCase() })],
  [
    '[A-12] a foreign jku',
    'jku',
    async () => bearer([await sign(stranger, claimsFor(SELECT), { jku: elsewhere.url })]),
  ],
  [
    'a jku below the registered one',
    'jku',
    async () => bearer([await sign(es, claimsFor(SELECT), { jku: `${host.url}/x` })]),
  ],
  ['a jku that is a list', 'jku', async () => bearer([await sign(es, claimsFor(SELECT), { jku: [host.url] })])],
  ['an empty jku', 'jku', headerBearer({ jku: '' })],
  [
    '[A-13] a jku where keys were exchanged beforehand',
    'jku',
    async () =>
      bearer([
        await sign(rs, claimsFor(SELECT, { iss: 'https://grouped.example.org', tenant: 'north' }), { jku: host.url }),
      ]),
  ],
  ...[() => host.url, () => `${elsewhere.url}/x`].map((jku, index): (typeof REFUSALS)[number] => [
    `[A-13] a foreign jku where keys were exchanged beforehand and one is registered, ${index}`,
    'jku',
    async () => bearer([await sign(rs, claimsFor(SELECT, { iss: 'https://both.example.org' }), { jku: jku() })]),
  ]),
  [
    "[A-13] a key of the registered jku's host where keys were exchanged beforehand",
    'kid is not in the key set',
    async () =>
      bearer([await sign(stranger, claimsFor(SELECT, { iss: 'https://both.example.org' }), { jku: elsewhere.url })]),
  ],
  ['[A-06] the signature of another key', 'signature', async () => bearer([await sign(stranger, claimsFor(SELECT))])],
  [
    '[A-06] a key that the token brings along',
    'signature',
    async () => bearer([await sign(stranger, claimsFor(SELECT), { jwk: stranger.jwk })]),
  ],
  [
    "[A-06] another client's key",
    'signature',
    async () =>
      bearer([
        await sign({ ...(await makePair('RS384', 'rs')) }, claimsFor(SELECT, { iss: 'https://grouped.example.org' })),
      ]),
  ],
  [
    '[A-06] a payload altered afterwards',
    'signature',
    async () => {
      const token = await good();
      return bearer([withPart(token, 1, encode({ ...decode(token.split('.')[1]), tenant: 'other' }))]);
    },
  ],
  [
    '[A-06] a header altered afterwards',
    'signature',
    async () => bearer([withPart(await good(), 0, encode({ alg: 'ES384', kid: 'es' }))]),
  ],
  ['[A-06] an altered signature', 'signature', async () => bearer([withPart(await good(), 2, 'A'.repeat(128))])],
  ['a signature cut short', 'signature', async () => bearer([(await good()).slice(0, -4)])],
  ...['iss', 'aud', 'exp', 'iat', 'jti'].flatMap((name): (typeof REFUSALS)[number][] =>
    [undefined, null, {}, name === 'aud' ? 1 : name === 'jti' || name === 'iss' ? 1 : '1795521600'].map((value) => [
      `[A-09] ${name} that is ${value === undefined ? 'missing' : JSON.stringify(value)}`,
      name,
      claimsBearer({ [name]: value }),
    ]),
  ),
  ...[
    `${BASE}/cds-services`,
    BASE + SIGN,
    BASE + FEEDBACK,
    `${BASE}${SELECT}?a=b`,
    `${BASE}${SELECT}/?a=b`,
    BASE,
    `https://cds.example.org${SELECT}`,
    `http://cds.example.org/rehab${SELECT}`,
    `https://CDS.example.org/rehab${SELECT}`,
    `https://evil.example.org/rehab${SELECT}`,
    `${BASE}${SELECT.slice(0, -1)}`,
    'x',
    '',
  ].map((aud): (typeof REFUSALS)[number] => [`[A-07] aud ${aud || 'empty'}`, 'aud', claimsBearer({ aud })]),
  ['[A-07] aud of nobody', 'aud', claimsBearer({ aud: [] })],
  ['aud in a list in a list', 'aud', claimsBearer({ aud: [[BASE + SELECT]] })],
  ['[A-08] exp 60 s ago', 'expired', claimsBearer({ iat: NOON - 300, exp: NOON - 60 })],
  ['exp in milliseconds', 'lives too long', claimsBearer({ exp: NOON * 1000 })],
  ['exp 0', 'expired', claimsBearer({ exp: 0 })],
  [
    'exp beyond what is a number',
    'exp',
    async () => bearer([await signText(es, JSON.stringify(claimsFor(SELECT)).replace(/"exp":\d+/, '"exp":1e999'))]),
  ],
  ['iat 61 s ahead', 'iat lies ahead', claimsBearer({ iat: NOON + 61 })],
  ['a life of more than an hour', 'lives too long', claimsBearer({ exp: NOON + 3601 })],
  ['a life that began long ago', 'lives too long', claimsBearer({ iat: NOON - 86_400 })],
  ['nbf 61 s ahead', 'nbf lies ahead', claimsBearer({ nbf: NOON + 61 })],
  ['nbf that is text', 'nbf is not a time', claimsBearer({ nbf: 'now' })],
  ['[A-11] an empty jti', 'jti', claimsBearer({ jti: '' })],
  ['a jti of 256 characters', 'jti', claimsBearer({ jti: 'j'.repeat(256) })],
  ['a tenant that is a number', 'tenant', claimsBearer({ tenant: 1 })],
  ['an empty tenant', 'tenant', claimsBearer({ tenant: '' })],
  ['a tenant of 256 characters', 'tenant', claimsBearer({ tenant: 't'.repeat(256) })],
  ...[undefined, 'west', 'North', 'north '].map((tenant): (typeof REFUSALS)[number] => [
    `[A-17] ${tenant ? `tenant "${tenant}"` : 'no tenant'} where tenants are registered`,
    'tenant',
    async () =>
      bearer([await sign(rs, claimsFor(SELECT, { iss: 'https://grouped.example.org', ...(tenant && { tenant }) }))]),
  ]),
];

function claimsBearer(changes: Record<string, unknown>) {
  return async () => bearer([await sign(es, claimsFor(SELECT, changes))]);
}
function headerBearer(changes: Record<string, unknown>) {
  return async () => bearer([await sign(es, claimsFor(SELECT), changes)]);
}
async function pem({ jwk, alg }: Pair): Promise<string> {
  return exportSPKI((await importJWK(jwk, alg)) as CryptoKey);
}
/** Signs a payload as it is written, JSON or not quite. */
async function signText(pair: Pair, payload: string): Promise<string> {
  return new CompactSign(Buffer.from(payload))
    .setProtectedHeader({ alg: pair.alg, kid: pair.kid })
    .sign(pair.privateKey);
}

describe('anything else is refused, always with the same answer', () => {
  const UNIFORM = {
    status: 401,
    headers: expect.objectContaining({
      'www-authenticate': 'Bearer',
      'content-type': 'application/fhir+json; charset=utf-8',
      'cache-control': 'no-store',
    }),
    body: JSON.stringify({
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: 'login',
          details: {
            coding: [{ system: 'https://rehab-first.org/fhir/CodeSystem/errors', code: 'unauthorized' }],
            text: 'This call needs a valid token of a client that is registered here',
          },
          diagnostics: 'This call needs a valid token of a client that is registered here',
        },
      ],
    }),
  };
  let first: ReturnType<typeof seen>;
  beforeAll(async () => {
    first = seen(await send(app.url + SELECT, [], CALL));
    expect(first).toEqual(UNIFORM);
  });

  test.each(REFUSALS)('[A-14] [N-19] %s', async (_name, reason, headers) => {
    const sent = (await headers()).map((value) => ['authorization', value] as const);
    const answer = await send(app.url + SELECT, sent, CALL);
    expect(seen(answer)).toEqual(first);
    const [entry] = app.entries;
    expect(entry).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(entry?.refusal?.reason).toContain(reason);
    expect(entry).not.toHaveProperty('client');
    for (const [, value] of sent) {
      const token = value.split(' ')[1] ?? '';
      for (const part of token.split('.').filter(({ length }) => length > 40)) {
        expect(JSON.stringify(entry)).not.toContain(part);
      }
    }
  });

  test('[A-12] and nothing was fetched from where a token pointed, registered beside the keys or not', () => {
    expect(elsewhere.asked).toBe(0);
  });

  test.each([
    ['that is no JSON', SELECT, '{'],
    ['for a service that is not there', '/cds-services/nobody', CALL],
    ['with feedback', FEEDBACK, ANSWERED],
    ['of 6 MB', SELECT, ' '.repeat(6_000_000)],
  ])('[N-19] a call %s is refused before anything is looked at', async (_name, path, body) => {
    expect(seen(await send(app.url + path, [], body))).toEqual(first);
  });

  test('[A-14] the log says who the caller claimed to be, cut short and printable', async () => {
    const token = await sign(stranger, claimsFor(SELECT, { jti: `j\u0000\n${'x'.repeat(200)}`, tenant: 'north' }));
    await call(token);
    expect(app.entries[0]?.refusal).toEqual({
      reason: 'its signature does not hold',
      iss: ISSUER,
      jti: `j??${'x'.repeat(117)}...`,
      tenant: 'north',
    });
  });

  test('discovery, preflights and health need no token', async () => {
    expect((await fetch(`${app.url}/cds-services`)).status).toBe(200);
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
    expect((await fetch(app.url + SELECT, { method: 'OPTIONS' })).status).toBe(204);
  });
});

describe('a token is taken once', () => {
  test('[A-11] and never again, at this service or another', async () => {
    const token = await sign(es, claimsFor(SELECT, { aud: [BASE + SELECT, BASE + SIGN] }));
    expect((await call(token)).status).toBe(200);
    expect((await call(token)).status).toBe(401);
    expect((await call(token, SIGN, SIGN_CALL)).status).toBe(401);
    expect(app.entries.at(-1)?.refusal?.reason).toBe('its jti has been used');
  });

  test('[A-11] nor is its jti in another token of the same client; another client may use the same', async () => {
    const { jti } = claimsFor(SELECT);
    expect((await call(await sign(es, claimsFor(SELECT, { jti })))).status).toBe(200);
    expect((await call(await sign(rs, claimsFor(SELECT, { jti })))).status).toBe(401);
    const other = claimsFor(SELECT, { jti, iss: 'https://grouped.example.org', tenant: 'north' });
    expect((await call(await sign(rs, other))).status).toBe(200);
  });

  test('[A-11] a token that is refused uses up no jti', async () => {
    const { jti } = claimsFor(SELECT);
    expect((await call(await sign(stranger, claimsFor(SELECT, { jti })))).status).toBe(401);
    expect((await call(await sign(es, claimsFor(SIGN, { jti })))).status).toBe(401);
    expect((await call(await sign(es, claimsFor(SELECT, { jti })))).status).toBe(200);
  });

  test('[A-11] its jti is kept for as long as it could be used', async () => {
    const kept: unknown[][] = [];
    const other = await startClientApp([aClient({ keys: { url: host.url } })], {
      insertJti: async (...token) => kept.push(token) > 0,
    });
    await sendWith(other.url + SELECT, await sign(es, claimsFor(SELECT, { jti: 'j' })), CALL);
    await other.close();
    expect(kept).toEqual([[ISSUER, 'j', new Date((NOON + 360) * 1000)]]);
  });

  test('[A-11] of twenty replays at once, at two instances with one store, one is taken', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'rehab-first-tokens-'));
    const open = () => openStore({ dataDir }, { clock: () => new Date(NOON * 1000) });
    const stores = [await open(), await open()];
    const apps = await Promise.all(
      stores.map((store) =>
        startClientApp([aClient({ keys: { url: host.url } })], { insertJti: (...token) => store.insertJti(...token) }),
      ),
    );
    const token = await good();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => sendWith((apps[index % 2]?.url ?? '') + SELECT, token, CALL)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(401)]);
    await Promise.all([...apps, ...stores].map((one) => one.close()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('[A-11] when that cannot be told the answer is 503, not 401, and no card', async () => {
    const other = await startClientApp([aClient({ keys: { url: host.url } })], {
      insertJti: async () => {
        throw new Unavailable('the store is away');
      },
    });
    const answer = await sendWith(other.url + SELECT, await good(), CALL);
    await other.close();
    expect(answer.status).toBe(503);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });
});

test('[N-19] whatever the Authorization header says, the answer is 401', async () => {
  const token = (await good()).split('.');
  const part = fc.oneof(
    fc.constantFrom(...token),
    fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'), maxLength: 40 }),
    fc.json({ maxDepth: 1 }).map((json) => Buffer.from(json).toString('base64url')),
    fc.record({ alg: fc.constantFrom('ES384', 'RS384', 'none'), kid: fc.string() }).map(encode),
    fc.record({ iss: fc.constantFrom(ISSUER, 'x'), aud: fc.constant(BASE + SELECT) }).map(encode),
  );
  const tokenLike = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
  const latin = fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
  });
  const value = fc.oneof(
    latin,
    fc.tuple(fc.constantFrom('Bearer ', 'bearer', 'Basic ', ''), tokenLike).map(([scheme, text]) => scheme + text),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 2 }), async (values) => {
      fc.pre(!values.some((one) => one.includes(token.join('.'))));
      const answer = await send(
        app.url + SELECT,
        values.map((one) => ['authorization', one] as const),
        CALL,
      );
      expect(answer.status).toBe(401);
    }),
    { numRuns: 200 },
  );
});

test('a private key in a key set is not used, whoever put it there', async () => {
  const jwk = { ...(await exportJWK(es.privateKey)), kid: 'es' };
  const other = await startClientApp([aClient({ keys: { jwks: { keys: [jwk] } } })], { insertJti: rememberTokens() });
  const answer = await sendWith(other.url + SELECT, await good(), CALL);
  await other.close();
  expect(answer.status).toBe(401);
});
