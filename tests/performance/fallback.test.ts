import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { search } from '../support/fhir-search.ts';
import { readPatient, readRequest } from '../support/fixtures.ts';
import { type RealApp, startRealApp } from '../support/real-app.ts';
import { bestOfTries } from './effort.ts';
import { FALLBACK } from './limits.ts';

const LATENCY_MS = 50;
/** Five that the call leaves out, and claims, which are never prefetched. */
const SLICES = ['conditions', 'procedures', 'visits', 'medications', 'findings', 'claims'];
const CALLS = 15;
const AT_ONCE = 64;

/** A FHIR server that answers late, and counts. */
interface LateServer {
  readonly url: string;
  /** Connections made so far. */
  connections: number;
  /** Reads that came in. */
  reads: number;
  /** The most of them that waited for their answers at the same time. */
  mostAtOnce: number;
  /** Answers nothing until so many reads wait; undefined: each after its latency. */
  holdsUntil: number | undefined;
  readonly close: () => Promise<void>;
}

const chart = readPatient('gluteal-no-rehab');

async function startLateServer(): Promise<LateServer> {
  const waiting = new Set<() => void>();
  const answer = (path: string, response: ServerResponse) => {
    const found = search(chart, path);
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify(found ?? { resourceType: 'OperationOutcome', issue: [] }));
  };
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').replace(/^\/fhir\//, ''));
    const done = () => {
      waiting.delete(done);
      answer(path, response);
    };
    waiting.add(done);
    late.reads += 1;
    late.mostAtOnce = Math.max(late.mostAtOnce, waiting.size);
    if (late.holdsUntil === undefined) setTimeout(done, LATENCY_MS);
    else if (waiting.size === late.holdsUntil) for (const one of [...waiting]) one();
  });
  server.on('connection', () => {
    late.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const late: LateServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    connections: 0,
    reads: 0,
    mostAtOnce: 0,
    holdsUntil: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return late;
}

/** A call that brings everything but six slices. */
function callWithout(fhirServer: string) {
  const request = readRequest('order-select/gluteal-no-rehab.json');
  const kept = Object.entries(request.prefetch ?? {}).filter(([name]) => !SLICES.includes(name));
  return { ...request, fhirServer, prefetch: Object.fromEntries(kept) };
}

describe('what was not prefetched', () => {
  let fhir: LateServer;
  let app: RealApp;
  beforeEach(async () => {
    fhir = await startLateServer();
    app = await startRealApp('2026-11-24', { fhirBudgetMs: 30_000 });
  });
  afterEach(async () => {
    await app.close();
    await fhir.close();
  });
  const ask = async () => {
    const { status, body } = await app.call('order-select', callWithout(fhir.url));
    expect(status).toBe(200);
    expect((body as { cards: unknown[] }).cards).toHaveLength(1);
  };
  const timed = async (work: () => Promise<unknown>) => {
    const startedAt = performance.now();
    await work();
    return performance.now() - startedAt;
  };

  test('is read all at the same time: six slices take little longer than one read', async () => {
    const read = async () => (await fetch(`${fhir.url}/Patient/gluteal-no-rehab`)).json();
    const attempt = async () => {
      const calls: number[] = [];
      const reads: number[] = [];
      for (let call = 0; call < CALLS; call += 1) {
        calls.push(await timed(ask));
        reads.push(await timed(read));
      }
      return Math.min(...calls) / Math.min(...reads);
    };
    const ratio = await bestOfTries(FALLBACK.sixSlices, attempt);
    expect(fhir.mostAtOnce).toBe(SLICES.length);
    expect(ratio).toBeLessThan(FALLBACK.sixSlices);
  });

  test('is read over connections that stay open', async () => {
    for (let call = 0; call < CALLS; call += 1) await ask();
    expect(fhir.reads).toBe(CALLS * SLICES.length);
    expect(fhir.connections).toBe(SLICES.length);
  });

  test(`does not wait for other calls: the reads of ${AT_ONCE} calls are all under way together`, async () => {
    fhir.holdsUntil = AT_ONCE * SLICES.length;
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    expect(fhir.reads).toBe(fhir.holdsUntil);
    expect(fhir.mostAtOnce).toBe(fhir.holdsUntil);
  });
});
