import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BASE, claimsFor, ISSUER, makePair, type Pair, SELECT, sign } from '../clients/client-app.ts';
import { type Server as Postgres, startPostgres } from '../store/postgres-server.ts';
import { search } from '../support/fhir-search.ts';
import { readPatient, readRequest } from '../support/fixtures.ts';
import { run, type Started, start } from './run.ts';

const PATIENT_KEY = '0123456789abcdef'.repeat(4);
const CALL = readRequest('order-select/gluteal-no-rehab.json');
const UNREAD = readRequest('order-select/gluteal-no-rehab-without-prefetch.json');

test('workers are refused with the embedded store, with a way to go on', async () => {
  const { code, stderr } = await run(['serve'], { WORKERS: '2', PORT: '0' });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^The settings have problems:\nWORKERS: the embedded store is for one process\. .*DATABASE_URL/,
  );
});

test('what keeps workers from starting is told once, and all end', async () => {
  const { code, stderr } = await run(['serve'], {
    WORKERS: '3',
    PORT: '0',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PATIENT_KEY,
    CARDS_DIR: 'tests',
  });
  expect(code).toBe(1);
  expect(stderr.match(/The knowledge folder has/g)).toHaveLength(1);
});

describe('two workers on PostgreSQL', () => {
  let postgres: Postgres;
  let service: Started;
  let settings: Record<string, string>;
  beforeAll(async () => {
    postgres = await startPostgres();
    settings = { WORKERS: '2', DATABASE_URL: await postgres.createDatabase(), PATIENT_KEY };
  });
  afterAll(() => postgres.stop());
  afterEach(async () => {
    await service.kill();
  });

  const logged = (message: string) =>
    service.lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === message);
  const eventually = (message: string, times: number) =>
    expect.poll(() => logged(message).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(times);

  /** Each call over a connection of its own, which goes to whichever worker's turn it is. */
  const call = (body: unknown, token?: string): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      };
      const request = sendRequest(service.url + SELECT, { method: 'POST', agent: false, headers });
      request.on('error', reject).on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      request.end(JSON.stringify(body));
    });
  const metric = async (pattern: RegExp): Promise<number> => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    return Number(pattern.exec(text)?.[1] ?? Number.NaN);
  };

  test('share the calls, and metrics add up whichever worker is asked', async () => {
    service = await start(settings);
    expect(service.lines.filter((line) => line.startsWith('rehab-first ready at'))).toHaveLength(1);
    for (let count = 0; count < 6; count += 1) expect((await call(CALL)).status).toBe(200);
    expect(logged('a worker is ready')).toHaveLength(2);
    for (let count = 0; count < 4; count += 1) {
      expect(await metric(/^rehab_first_calls_total\{[^}]*outcome="card"[^}]*\} (\d+)/m)).toBe(6);
      expect(await metric(/^rehab_first_store_healthy (\d+)/m)).toBe(1);
      expect(await metric(/^rehab_first_cards_total\{[^}]*disposition="shown"[^}]*\} (\d+)/m)).toBe(6);
    }
    expect(await service.stop()).toBe(0);
  });

  test('one that dies is replaced, and calls are answered meanwhile', async () => {
    service = await start(settings);
    const [victim] = logged('a worker is ready');
    process.kill(victim.pid, 'SIGKILL');
    await eventually('a worker has ended, and another one takes its place', 1);
    for (let count = 0; count < 4; count += 1) expect((await call(CALL)).status).toBe(200);
    await eventually('a worker is ready', 3);
    expect((await call(CALL)).status).toBe(200);
    expect(await service.stop()).toBe(0);
  });

  test('SIGTERM drains both: calls in flight get their answers', async () => {
    let patients = 0;
    let release: (() => void) | undefined;
    const isReleased = new Promise<void>((resolve) => {
      release = resolve;
    });
    const fhir = await listen(
      createServer(async ({ url = '' }, response) => {
        const path = decodeURIComponent(url.replace(/^\/fhir\//, ''));
        if (path.startsWith('Patient/')) patients += 1;
        await isReleased;
        const found = search(readPatient(UNREAD.context.patientId), path);
        response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/fhir+json' });
        response.end(JSON.stringify(found ?? { resourceType: 'OperationOutcome', issue: [] }));
      }),
    );
    service = await start({ ...settings, FHIR_BUDGET_MS: '20000' });
    const calls = [1, 2, 3, 4].map(() => call({ ...UNREAD, fhirServer: `${fhir.url}/fhir` }));
    await expect.poll(() => patients, { timeout: 30_000 }).toBe(calls.length);
    const ended = service.stop();
    await eventually('draining', 2);
    release?.();
    for (const { status, body } of await Promise.all(calls)) {
      expect(status).toBe(200);
      expect(JSON.parse(body).cards).toHaveLength(1);
    }
    expect(await ended).toBe(0);
    fhir.server.close();
    fhir.server.closeAllConnections();
  });

  describe('with registered clients', () => {
    const dir = mkdtempSync(join(tmpdir(), 'rehab-first-workers-'));
    const file = join(dir, 'clients.yaml');
    let pair: Pair;
    const write = (mode: string) =>
      writeFileSync(
        file,
        JSON.stringify({ clients: [{ id: 'ehr', issuer: ISSUER, jwks: { keys: [pair.jwk] }, mode }] }),
      );
    beforeAll(async () => {
      pair = await makePair('ES384', 'k');
      write('live');
    });
    afterAll(() => rmSync(dir, { recursive: true, force: true }));
    const newToken = () => {
      const now = Math.floor(Date.now() / 1000);
      return sign(pair, claimsFor(SELECT, { iat: now, exp: now + 300 }));
    };
    const cards = async (token: string) => {
      const { status, body } = await call(CALL, token);
      return status === 200 ? JSON.parse(body).cards.length : status;
    };

    test('SIGHUP reaches both, and a token is good for one call at either', async () => {
      service = await start({ ...settings, CLIENTS_FILE: file, PUBLIC_BASE_URL: BASE });
      for (let count = 0; count < 3; count += 1) {
        const token = await newToken();
        expect(await cards(token)).toBe(1);
        expect(await cards(token)).toBe(401);
        expect(await cards(token)).toBe(401);
      }
      write('silent');
      service.signal('SIGHUP');
      await eventually('clients read again', 2);
      for (let count = 0; count < 4; count += 1) expect(await cards(await newToken())).toBe(0);
      expect(await service.stop()).toBe(0);
    });
  });
});

async function listen(server: Server): Promise<{ readonly server: Server; readonly url: string }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
