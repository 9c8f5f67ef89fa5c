import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { BASE, claimsFor, ISSUER, makePair, type Pair, SELECT, sendWith, sign } from '../clients/client-app.ts';
import { readRequest } from '../support/fixtures.ts';
import { run, type Started, start } from './run.ts';

const dir = mkdtempSync(join(tmpdir(), 'rehab-first-clients-'));
const file = join(dir, 'clients.yaml');
const CALL = readRequest('order-select/gluteal-no-rehab.json');

let pair: Pair;
let service: Started;
const write = (changes: object = {}) =>
  writeFileSync(
    file,
    stringify({ clients: [{ id: 'ehr', issuer: ISSUER, jwks: { keys: [pair.jwk] }, mode: 'live', ...changes }] }),
  );
const settings = { CLIENTS_FILE: file, PUBLIC_BASE_URL: BASE };

beforeAll(async () => {
  pair = await makePair('ES384', 'k');
  write();
  service = await start({ ...settings, HOST: '0.0.0.0', RATE_LIMIT: '50' });
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => write());

const here = () => service.url.replace('0.0.0.0', '127.0.0.1');
const call = async (url = here()) => {
  const now = Math.floor(Date.now() / 1000);
  const token = await sign(pair, claimsFor(SELECT, { iat: now, exp: now + 300 }));
  const { status, body } = await sendWith(url + SELECT, token, CALL);
  return { status, cards: JSON.parse(body).cards?.length, token };
};
const log = () => service.lines.filter((line) => line.startsWith('{')).join('\n');
const reload = async (message: string) => {
  const before = service.lines.length - 1; // the last is the one being written
  service.signal('SIGHUP');
  await expect.poll(() => service.lines.slice(before).join('\n'), { timeout: 30_000 }).toContain(message);
};

describe('a service with registered clients', () => {
  test('says who may call and where, and prints no call that anybody could paste', () => {
    expect(service.lines).toContain(
      `Only registered clients may call (1). Discovery, open to all, is to be reached at ${BASE}/cds-services`,
    );
    expect(service.lines.filter((line) => line.startsWith('curl'))).toEqual([]);
  });

  test('has knowledge pages, and neither a workbench nor a demo EHR', async () => {
    const statusOf = async (path: string) => (await fetch(here() + path)).status;
    const open = ['/knowledge', '/knowledge/pack.md', '/knowledge/fhir'];
    expect(await Promise.all(open.map(statusOf))).toEqual([200, 200, 200]);
    const closed = ['/', '/workbench/data.json', '/fhir/metadata'];
    expect(await Promise.all(closed.map(statusOf))).toEqual([404, 404, 404]);
    const explained = await fetch(`${here()}/workbench/explain`, { method: 'POST', body: '{}' });
    expect(explained.status).toBe(404);
  });

  test('listens beyond loopback', async () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
    for (const host of ['127.0.0.1', ...(address ? [address] : [])])
      expect((await call(service.url.replace('0.0.0.0', host))).status).toBe(200);
  });

  test('answers a token once and nothing else, and logs no token', async () => {
    const { status, cards, token } = await call();
    expect([status, cards]).toEqual([200, 1]);
    expect((await sendWith(here() + SELECT, token, CALL)).status).toBe(401);
    expect((await fetch(here() + SELECT, { method: 'POST', body: '{}' })).status).toBe(401);
    expect((await fetch(`${here()}/cds-services`)).status).toBe(200);
    await expect.poll(log, { timeout: 30_000 }).toMatch(/"reason":"no Authorization header"/);
    expect(log()).toMatch(/"refusal":\{"reason":"its jti has been used","iss":"https:\/\/ehr.example.org","jti":/);
    for (const part of token.split('.')) expect(log()).not.toContain(part);
  });

  test('reads the file again on SIGHUP, with calls going on all the while', async () => {
    let isDone = false;
    const statuses = new Set<number>();
    const calling = (async () => {
      while (!isDone) statuses.add((await call()).status);
    })();
    write({ mode: 'silent' });
    await reload('clients read again');
    expect((await call()).cards).toBe(0);
    write({ mode: 'live' });
    await reload('clients read again');
    expect((await call()).cards).toBe(1);
    isDone = true;
    await calling;
    statuses.delete(429);
    expect(statuses).toEqual(new Set([200]));
  });

  test('keeps its clients when the new file has problems, and says which', async () => {
    write({ mode: 'loud', locale: 7 });
    await reload('the clients from before stay');
    expect(log()).toMatch(/clients\.yaml:\d+:\d+ {2}\/clients\/0\/mode {2}\\"loud\\" must be one of live, silent/);
    expect((await call()).status).toBe(200);
  });
});

describe('a service does not start', () => {
  test('with a clients file that has problems: it lists them all', async () => {
    write({ jwks: undefined, fhirServers: ['http://10.0.0.1/fhir'], codeMap: 'map.json' });
    const { code, stderr } = await run(['serve'], { ...settings, PORT: '0', DATA_DIR: join(dir, 'data') });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The clients file has 3 problems:\n/);
    for (const pointer of ['/clients/0 ', '/clients/0/fhirServers/0', '/clients/0/codeMap'])
      expect(stderr).toContain(pointer);
  });

  test('with a clients file and a knowledge folder that have problems: it lists those of both', async () => {
    write({ fhirServers: ['http://10.0.0.1/fhir'] });
    const missing = join(dir, 'no-cards');
    const { code, stderr } = await run(['serve'], {
      ...settings,
      CARDS_DIR: missing,
      PORT: '0',
      DATA_DIR: join(dir, 'data'),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The knowledge folder has \d+ problems?:\n/);
    expect(stderr).toMatch(/\n\nThe clients file has 1 problem:\n.*\/clients\/0\/fhirServers\/0/);
  });

  test('with clients and no public URL, or open and beyond loopback', async () => {
    const withoutUrl = await run(['serve'], { CLIENTS_FILE: file, PORT: '0' });
    expect([withoutUrl.code, withoutUrl.stderr]).toEqual([1, expect.stringContaining('PUBLIC_BASE_URL: is needed')]);
    const open = await run(['serve'], { HOST: '0.0.0.0', PORT: '0' });
    expect([open.code, open.stderr]).toEqual([1, expect.stringContaining('CLIENTS_FILE')]);
  });
});
