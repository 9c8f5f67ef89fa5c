import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeApp, services, startFakeApp } from './fake-app.ts';

let app: FakeApp;
beforeAll(async () => {
  app = await startFakeApp();
});
afterAll(() => app.close());

describe('discovery', () => {
  test('[D-01] [D-02] [D-03] answers 200 with the services, in the order given, time and again', async () => {
    for (let round = 0; round < 3; round += 1) {
      const response = await fetch(`${app.url}/cds-services`);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ services });
    }
  });

  test('[G-01] is JSON in UTF-8', async () => {
    const response = await fetch(`${app.url}/cds-services`);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  test('[D-04] no services: 200 with an empty array', async () => {
    const empty = await startFakeApp([]);
    const response = await fetch(`${empty.url}/cds-services`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ services: [] });
    await empty.close();
  });

  test.each(['/cds-services?_format=json&x=1', '/cds-services/', '//cds-services', '/cds-services//'])(
    '[N-02] answers %s',
    async (path) => {
      const response = await fetch(app.url + path);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ services });
    },
  );

  test.each(['application/fhir+json', 'text/html', '*/*', 'nonsense'])('[N-02] answers Accept: %s', async (accept) => {
    const response = await fetch(`${app.url}/cds-services`, { headers: { accept } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
  });

  test('HEAD has the headers and no body', async () => {
    const response = await fetch(`${app.url}/cds-services`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});

describe('health', () => {
  test('live is ok, also while draining; ready is not', async () => {
    app.readiness = 'draining';
    const live = await fetch(`${app.url}/health/live`);
    const ready = await fetch(`${app.url}/health/ready`);
    app.readiness = 'ok';
    expect([live.status, await live.json()]).toEqual([200, { status: 'ok' }]);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }]);
  });

  test('ready is ok while calls are taken', async () => {
    const response = await fetch(`${app.url}/health/ready`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });

  test('HEAD is answered', async () => {
    expect((await fetch(`${app.url}/health/live`, { method: 'HEAD' })).status).toBe(200);
  });
});
