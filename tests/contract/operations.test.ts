import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/errors.ts';
import { startFhirServer } from '../support/fhir-server.ts';
import { readPatient, readRequest } from '../support/fixtures.ts';
import { type RealApp, startRealApp } from '../support/real-app.ts';
import { aCall, post, readOutcome } from './fake-app.ts';

const TODAY = '2026-11-24';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SELECT = '/cds-services/rehab-first-order-select';

describe('overload', () => {
  let app: RealApp;
  let isOverloaded = false;
  beforeAll(async () => {
    app = await startRealApp(TODAY, { changes: { isOverloaded: () => isOverloaded } });
  });
  afterAll(() => app.close());

  test.each([SELECT, `${SELECT}/feedback`])(
    '%s is answered 503 with Retry-After, and taken when it is over',
    async (path) => {
      const body =
        path === SELECT
          ? aCall()
          : { feedback: [{ card: 'c', outcome: 'overridden', outcomeTimestamp: '2026-01-01T00:00:00Z' }] };
      isOverloaded = true;
      const shed = await post(app.url + path, body);
      isOverloaded = false;
      expect(shed.status).toBe(503);
      expect(shed.headers.get('retry-after')).toBe('2');
      expect((await readOutcome(shed)).issue[0]).toMatchObject({
        code: 'throttled',
        details: { coding: [{ code: 'overloaded' }] },
      });
      expect((await post(app.url + path, body)).status).toBe(200);
    },
  );

  test.each(['/health/live', '/health/ready', '/cds-services'])('%s is answered all the same', async (path) => {
    isOverloaded = true;
    const response = await fetch(app.url + path);
    isOverloaded = false;
    expect(response.status).toBe(200);
  });

  test('a preflight is answered all the same', async () => {
    isOverloaded = true;
    const response = await fetch(app.url + SELECT, {
      method: 'OPTIONS',
      headers: { origin: 'https://x.example', 'access-control-request-method': 'POST' },
    });
    isOverloaded = false;
    expect(response.status).toBe(204);
  });
});

test('[N-05] [N-06] bodies that are sent slowly fill the memory to a bound: then 503, and no more when they are gone', async () => {
  const app = await startRealApp(TODAY, { changes: { mostHeldBytes: 50_000 } });
  const { hostname, port } = new URL(app.url);
  const slow = connect(Number(port), hostname);
  await new Promise<void>((resolve) => {
    slow.write(
      `POST ${SELECT} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n{"a":"${'x'.repeat(45_000)}`,
      () => resolve(),
    );
  });
  const body = { ...aCall(), padding: 'x'.repeat(20_000) };
  await expect.poll(async () => (await post(app.url + SELECT, body)).status).toBe(503);
  const refused = await post(app.url + SELECT, body);
  expect(refused.headers.get('retry-after')).toBe('2');
  expect((await readOutcome(refused)).issue[0]).toMatchObject({ details: { coding: [{ code: 'overloaded' }] } });
  expect((await post(app.url + SELECT, aCall())).status).toBe(200);
  slow.destroy();
  await expect.poll(async () => (await post(app.url + SELECT, body)).status).toBe(200);
  await app.close();
});

test('[N-06] the room of a packed body is free again when its sender leaves while it is unpacked', async () => {
  const app = await startRealApp(TODAY, { changes: { mostHeldBytes: 5_000_000 } });
  const { hostname, port } = new URL(app.url);
  const packed = gzipSync(randomBytes(2_200_000).toString('hex'), { level: 1 });
  const head = `POST ${SELECT} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`;
  const sendAndLeave = (afterMs: number) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      socket.write(Buffer.concat([Buffer.from(head), packed]), () =>
        setTimeout(() => socket.resetAndDestroy(), afterMs),
      );
    });
  for (let afterMs = 0; afterMs < 40; afterMs += 1) await sendAndLeave(afterMs);
  const body = { ...aCall(), padding: 'x'.repeat(4_500_000) };
  await expect.poll(async () => (await post(app.url + SELECT, body)).status, { timeout: 5000 }).toBe(200);
  await app.close();
});

test('feedback that cannot be kept says when to try again', async () => {
  const app = await startRealApp(TODAY, {
    changes: {
      keepFeedback: async () => {
        throw new Unavailable('The store is away.');
      },
    },
  });
  const feedback = [{ card: 'c', outcome: 'overridden', outcomeTimestamp: '2026-01-01T00:00:00Z' }];
  const response = await post(`${app.url}${SELECT}/feedback`, { feedback });
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  await app.close();
});

describe('a trace', () => {
  let app: RealApp;
  beforeAll(async () => {
    app = await startRealApp(TODAY);
  });
  afterAll(() => app.close());
  const request = readRequest('order-select/gluteal-no-rehab-without-prefetch.json');

  test('is carried to every FHIR read, each a child of its own, and to the log', async () => {
    const fhir = await startFhirServer(readPatient(request.context.patientId));
    const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
    const tracestate = 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE';
    const response = await post(app.url + SELECT, { ...request, fhirServer: fhir.url }, { traceparent, tracestate });
    expect(response.status).toBe(200);
    const carried = fhir.asked.map((asked) => asked.traceparent ?? '');
    expect(carried.length).toBeGreaterThan(3);
    for (const one of carried) expect(one).toMatch(new RegExp(`^00-${TRACE}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    expect(new Set(carried).size).toBe(carried.length);
    for (const asked of fhir.asked) expect(asked.tracestate).toBe(tracestate);
    await expect.poll(() => app.entries.at(-1)?.traceId).toBe(TRACE);
    await fhir.close();
  });

  test.each(['', 'nonsense', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`])(
    'begins here where the request has %j',
    async (traceparent) => {
      const before = app.entries.length;
      await post(app.url + SELECT, aCall(), { traceparent });
      await expect.poll(() => app.entries.length).toBe(before + 1);
      expect(app.entries.at(-1)?.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
    },
  );
});

describe('the milliseconds of a call by step', () => {
  let app: RealApp;
  beforeAll(async () => {
    app = await startRealApp(TODAY);
  });
  afterAll(() => app.close());
  const stepsOf = async (file: string, changes: object = {}) => {
    const before = app.entries.length;
    await app.call('order-select', { ...readRequest(file), ...changes });
    await expect.poll(() => app.entries.length).toBe(before + 1);
    const { timings = {}, ms = 0 } = app.entries.at(-1) ?? {};
    const sum = Object.values(timings).reduce((total, step) => total + step, 0);
    expect(sum).toBeLessThanOrEqual(ms + 0.01);
    return Object.keys(timings);
  };

  test('are in the log of a call with a card', async () => {
    expect(await stepsOf('order-select/gluteal-no-rehab.json')).toEqual([
      'admit',
      'read',
      'chart',
      'judge',
      'memory',
      'render',
    ]);
  });

  test('and of one that failed on its way', async () => {
    expect(await stepsOf('order-select/gluteal-no-rehab.json', { prefetch: {} })).toEqual(['admit', 'read', 'chart']);
  });
});

describe('security headers', () => {
  test.each(['/cds-services', '/health/live', '/nowhere'])(
    '%s runs nothing, loads nothing, is framed by nobody, and may be read by other origins',
    async (path) => {
      const app = await startRealApp(TODAY);
      const { headers } = await fetch(app.url + path);
      expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
      await app.close();
    },
  );
});
