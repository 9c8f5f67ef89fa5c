import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGuards, type Guard, type ServerState } from '../../../src/chart/fhir-breaker.ts';
import { isOutage, openFhirReader } from '../../../src/chart/fhir-reader.ts';

/** A FHIR server on loopback that answers as it is told, and counts what it is asked at once. */
let answer: (response: ServerResponse) => void;
let [asked, running, mostAtOnce] = [0, 0, 0];
const server = createServer((_request, response) => {
  asked += 1;
  running += 1;
  mostAtOnce = Math.max(mostAtOnce, running);
  response.on('close', () => {
    running -= 1;
  });
  answer(response);
});
let base: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  [asked, mostAtOnce] = [0, 0];
});

const status = (code: number) => (response: ServerResponse) => {
  response.writeHead(code, { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify({ resourceType: code === 200 ? 'Patient' : 'OperationOutcome' }));
};
const hangUp = (response: ServerResponse) => void response.destroy();
const never = () => {};

const readMany = (guard: Guard, count: number, { url = base, ms = 5000 } = {}) => {
  const reader = openFhirReader({ server: url, signal: AbortSignal.timeout(ms), guard });
  return Promise.all(Array.from({ length: count }, () => reader.read('Patient/1')));
};
const reasonsOf = (results: Awaited<ReturnType<typeof readMany>>) => [
  ...new Set(results.map((result) => (result.ok ? 'ok' : result.reason))),
];
const LEFT_ALONE = 'the FHIR server keeps failing and is left alone for a while';

describe('a FHIR server that keeps failing', () => {
  test.each([
    ['answers 500', status(500), 5000],
    ['answers 503', status(503), 5000],
    ['hangs up', hangUp, 5000],
    ['is too slow', never, 200],
  ] as const)('and %s is left alone, is tried again after a while, and taken back', async (_name, fault, ms) => {
    const told: [string, ServerState][] = [];
    const guards = createGuards(isOutage, (...news) => void told.push(news), 300);
    answer = fault;
    await readMany(guards('one'), 60, { ms });
    asked = 0;
    expect(reasonsOf(await readMany(guards('one'), 20))).toEqual([LEFT_ALONE]);
    expect(asked).toBe(0);

    answer = status(200);
    await expect.poll(async () => reasonsOf(await readMany(guards('one'), 1))).toEqual(['ok']);
    expect(reasonsOf(await readMany(guards('one'), 20))).toEqual(['ok']);
    expect(told).toEqual([
      ['one', 'failing'],
      ['one', 'recovered'],
    ]);
  });

  test('gets one read to prove itself, and is left alone again when that fails', async () => {
    const guards = createGuards(isOutage, () => {}, 50);
    answer = status(500);
    await readMany(guards('one'), 60);
    await new Promise((resolve) => setTimeout(resolve, 200));
    asked = 0;
    const results = await readMany(guards('one'), 10);
    expect(asked).toBe(1);
    expect(reasonsOf(results).sort()).toEqual(['HTTP 500', LEFT_ALONE]);
  });

  test('does not keep the others from being read', async () => {
    const guards = createGuards(isOutage);
    answer = status(500);
    await readMany(guards('one'), 60);
    answer = status(200);
    expect(reasonsOf(await readMany(guards('one'), 1))).toEqual([LEFT_ALONE]);
    expect(reasonsOf(await readMany(guards('another'), 1))).toEqual(['ok']);
  });

  test('is read on when less than half of it fails, or when it failed a single call', async () => {
    const guards = createGuards(isOutage);
    let count = 0;
    answer = (response) => {
      count += 1;
      status(count % 5 < 2 ? 500 : 200)(response);
    };
    for (let round = 0; round < 10; round += 1) await readMany(guards('one'), 10);
    answer = status(500);
    await readMany(guards('another'), 28);
    asked = 0;
    await Promise.all([readMany(guards('one'), 1), readMany(guards('another'), 1)]);
    expect(asked).toBe(2);
  });
});

test.each([401, 403, 404, 410, 422, 302])('a %i is no failure of the server', async (code) => {
  const guards = createGuards(isOutage);
  answer = status(code);
  for (let round = 0; round < 10; round += 1) await readMany(guards('one'), 20);
  expect(asked).toBe(200);
});

test('neither is an answer that is not FHIR, or too large', async () => {
  const guards = createGuards(isOutage);
  answer = (response) => response.end('<html>');
  await readMany(guards('one'), 100);
  answer = (response) => response.end(' '.repeat(6_000_000));
  for (let round = 0; round < 10; round += 1) await readMany(guards('one'), 5);
  expect(asked).toBe(150);
});

test('a server gets no more than 512 reads at once, and the others wait for their turn', async () => {
  answer = (response) => void setTimeout(() => status(200)(response), 200);
  const guards = createGuards(isOutage);
  expect(reasonsOf(await readMany(guards('one'), 700))).toEqual(['ok']);
  expect(mostAtOnce).toBeLessThanOrEqual(512);
  expect(mostAtOnce).toBeGreaterThan(100);
});

test('however many servers a caller names, a bounded number of them is remembered', async () => {
  const guards = createGuards(isOutage);
  answer = status(500);
  await readMany(guards('one'), 60);
  expect(reasonsOf(await readMany(guards('one'), 1))).toEqual([LEFT_ALONE]);
  for (let other = 0; other < 200; other += 1) await guards(`other ${other}`)(async () => {});
  expect(reasonsOf(await readMany(guards('one'), 1))).toEqual(['HTTP 500']);
});
