import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readRequest } from '../support/fixtures.ts';
import {
  aClient,
  type ClientApp,
  claimsFor,
  type KeyHost,
  makePair,
  type Pair,
  SELECT,
  sendWith,
  sign,
  startClientApp,
  startKeyHost,
} from './client-app.ts';

const CALL = readRequest('order-select/knee-osteoarthritis.json');
const MINUTE = 60;

let [old, young, invented]: Pair[] = [];
let host: KeyHost;
let app: ClientApp;
beforeAll(async () => {
  [old, young, invented] = await Promise.all(['old', 'young', 'invented'].map((kid) => makePair('ES384', kid)));
});
beforeEach(async () => {
  host = await startKeyHost([old?.jwk]);
  app = await startClientApp([aClient({ keys: { url: host.url } })]);
});
afterEach(() => Promise.all([app.close(), host.close()]));

/** Status of a call with a fresh token, at the app's time. */
const callWith = async (pair: Pair | undefined, to = app): Promise<number> => {
  const times = { iat: to.now, exp: to.now + 300 };
  return (await sendWith(to.url + SELECT, await sign(pair as Pair, claimsFor(SELECT, times)), CALL)).status;
};
const many = (count: number, pair: Pair | undefined) =>
  Promise.all(
    Array.from({ length: count }, (_, index) => callWith({ ...(pair as Pair), kid: `${pair?.kid} ${index}` })),
  );

describe('keys that are fetched', () => {
  test('[A-15] are fetched once for any number of calls at once, and kept', async () => {
    const statuses = await Promise.all(Array.from({ length: 10 }, () => callWith(old)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await callWith(old)).toBe(200);
    expect(host.asked).toBe(1);
  });

  test('[A-15] a new key is taken up at its first use, beside the old one', async () => {
    expect(await callWith(old)).toBe(200);
    host.keys = [old?.jwk, young?.jwk];
    app.now += MINUTE;
    expect(await callWith(young)).toBe(200);
    expect(await callWith(old)).toBe(200);
    expect(host.asked).toBe(2);
  });

  test('[A-15] a stream of invented kids makes a fetch every ten seconds at most', async () => {
    expect(await callWith(old)).toBe(200);
    app.now += MINUTE;
    expect(new Set(await many(50, invented))).toEqual(new Set([401]));
    expect(new Set(await many(50, invented))).toEqual(new Set([401]));
    expect(host.asked).toBe(2);
    app.now += 9;
    await many(10, invented);
    expect(host.asked).toBe(2);
    app.now += 1;
    await many(10, invented);
    expect(host.asked).toBe(3);
    expect(await callWith(old)).toBe(200);
  });

  test('[A-15] a key that was taken out is refused within the hour, although nobody called in between', async () => {
    expect(await callWith(old)).toBe(200);
    host.keys = [young?.jwk];
    app.now += 61 * MINUTE;
    expect(await callWith(old)).toBe(401);
    expect(await callWith(young)).toBe(200);
    expect(host.asked).toBe(2);
  });

  test('[A-15] and after some minutes where calls go on', async () => {
    expect(await callWith(old)).toBe(200);
    host.keys = [young?.jwk];
    app.now += 6 * MINUTE;
    expect(await callWith(old)).toBe(200);
    await expect.poll(() => callWith(old)).toBe(401);
  });

  test.each([
    ['is down', { status: 503 }],
    ['says nothing', { hangs: true }],
    ['answers something else', { body: '<html>' }],
    ['answers a JSON of another kind', { body: '{"keys":{}}' }],
    ['points elsewhere', { status: 302, headers: { location: '/elsewhere' } }],
  ])('[A-15] live through hours in which their host %s, and are given up after a day', async (_name, fault) => {
    expect(await callWith(old)).toBe(200);
    host.fault = fault;
    for (const minutes of [6, 90, 22 * 60]) {
      app.now += minutes * MINUTE;
      expect(await callWith(old)).toBe(200);
    }
    expect(app.reports[0]).toMatch(/^ehr: its key set cannot be had: /);
    app.now += 60 * MINUTE;
    expect(await callWith(old)).toBe(401);
    host.fault = undefined;
    app.now += 10;
    expect(await callWith(old)).toBe(200);
  });

  test('[A-15] of a host that says nothing for hours one call waits, and not those that come while it is asked again', async () => {
    expect(await callWith(old)).toBe(200);
    host.fault = { hangs: true };
    app.now += 90 * MINUTE;
    expect(await callWith(old)).toBe(200);
    expect(app.reports).toHaveLength(1);
    app.now += 30;
    expect(await callWith(old)).toBe(200);
    expect(app.reports).toHaveLength(1);
    await expect.poll(() => host.asked).toBe(3);
  });

  test('[A-15] a failure long ago is no reason to trust a key that was taken out since', async () => {
    expect(await callWith(old)).toBe(200);
    host.fault = { status: 503 };
    app.now += 6 * MINUTE;
    expect(await callWith(old)).toBe(200);
    await expect.poll(() => app.reports).toHaveLength(1);
    host.fault = undefined;
    host.keys = [young?.jwk];
    app.now += 90 * MINUTE;
    expect(await callWith(old)).toBe(401);
  });

  test('when the host is down at the first call it is asked again a second later', async () => {
    host.fault = { status: 500 };
    expect(new Set(await Promise.all(Array.from({ length: 10 }, () => callWith(old))))).toEqual(new Set([401]));
    expect(host.asked).toBe(1);
    host.fault = undefined;
    app.now += 1;
    expect(await callWith(old)).toBe(200);
  });

  test.each([
    ['a redirect is not followed', () => ({ status: 307, headers: { location: host.url } }), 'HTTP 307'],
    ['an answer of megabytes is not read', () => ({ body: ' '.repeat(1_000_000) }), 'too large'],
    ['an answer that never comes is not waited for', () => ({ hangs: true }), 'no answer in time'],
    ['what is no JSON is no set', () => ({ body: 'keys' }), 'not a JSON Web Key Set'],
  ])('%s', async (_name, fault, reason) => {
    host.fault = fault();
    expect(await callWith(old)).toBe(401);
    expect(host.asked).toBe(1);
    expect(app.reports).toEqual([expect.stringContaining(reason)]);
  });
});

describe('of a key set only what is fit is used', () => {
  test.each([
    ['with another alg', { alg: 'ES256' }],
    ['for encryption', { use: 'enc' }],
    ['for wrapping keys', { key_ops: ['wrapKey'] }],
    ['without a kid', { kid: undefined }],
    ['that is private', { d: 'AAAA' }],
    ['that is damaged', { x: 'AAAA' }],
    ['on another curve', { crv: 'P-256' }],
  ])('not a key %s', async (_name, changes) => {
    host.keys = [{ ...old?.jwk, ...changes }];
    expect(await callWith(old)).toBe(401);
    expect(app.reports).toEqual(['ehr: no key in its key set can be used']);
  });

  test('not an RSA key of less than 2048 bits', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    host.keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'weak' }, null, 'key', []];
    const times = { iat: app.now, exp: app.now + 300 };
    const signed = [{ alg: 'RS384', kid: 'weak' }, claimsFor(SELECT, times)]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const token = `${signed}.${createSign('sha384').update(signed).sign(privateKey, 'base64url')}`;
    expect((await sendWith(app.url + SELECT, token, CALL)).status).toBe(401);
    expect(app.entries[0]?.refusal?.reason).toBe('its kid is not in the key set');
  });

  test('a key that says it is for verifying signatures is; the others beside it do no harm', async () => {
    host.keys = [
      { kty: 'oct', kid: 'old', k: 'AAAA' },
      { ...old?.jwk, use: 'enc' },
      { ...young?.jwk, kid: 'old' },
      { ...old?.jwk, alg: 'ES384', use: 'sig', key_ops: ['verify'] },
    ];
    expect(await callWith(old)).toBe(200);
  });
});

describe('when the clients are replaced', () => {
  test('keys that were fetched stay, as long as they come from the same place', async () => {
    expect(await callWith(old)).toBe(200);
    app.registry.replace([aClient({ keys: { url: host.url }, mode: 'silent' })]);
    expect(await callWith(old)).toBe(200);
    expect(host.asked).toBe(1);
  });

  test('keys from another place are fetched from there', async () => {
    expect(await callWith(old)).toBe(200);
    const other = await startKeyHost([young?.jwk]);
    app.registry.replace([aClient({ keys: { url: other.url } })]);
    expect([await callWith(old), await callWith(young)]).toEqual([401, 200]);
    await other.close();
  });

  test('a client that is taken out is refused at once', async () => {
    expect(await callWith(old)).toBe(200);
    app.registry.replace([aClient({ issuer: 'https://other.example.org' })]);
    expect(await callWith(old)).toBe(401);
  });
});
