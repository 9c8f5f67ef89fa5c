import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aCall, type FakeApp, post, startFakeApp } from './fake-app.ts';

let app: FakeApp;
beforeAll(async () => {
  app = await startFakeApp();
});
afterAll(() => app.close());

const ORIGIN = 'https://sandbox.cds-hooks.org';

describe('CORS in open mode', () => {
  test.each([
    ['GET', '/cds-services', 'authorization'],
    ['POST', '/cds-services/both', 'authorization,content-type'],
    ['POST', '/cds-services/both/feedback', 'authorization,content-type'],
    ['POST', '/cds-services/nobody', 'authorization,content-type'],
    ['GET', '/nowhere', 'authorization'],
  ])('[X-05] preflight of %s %s: 204 with header names', async (method, path, requested) => {
    const response = await fetch(app.url + path, {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': method, 'access-control-request-headers': requested },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')?.split(/, ?/)).toEqual(['GET', 'POST']);
    expect(response.headers.get('access-control-allow-headers')?.split(/, ?/)).toEqual([
      'Authorization',
      'Content-Type',
    ]);
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    expect(response.headers.get('access-control-allow-private-network')).toBeNull();
  });

  test('private network access is granted when asked for', async () => {
    const response = await fetch(`${app.url}/cds-services`, {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'GET',
        'access-control-request-private-network': 'true',
      },
    });
    expect(response.headers.get('access-control-allow-private-network')).toBe('true');
  });

  test('[X-05] [N-26] the header is on answers and on errors', async () => {
    const answers = await Promise.all([
      fetch(`${app.url}/cds-services`, { headers: { origin: ORIGIN } }),
      post(`${app.url}/cds-services/both`, aCall(), { origin: ORIGIN }),
      post(`${app.url}/cds-services/both`, '{', { origin: ORIGIN }),
      post(`${app.url}/cds-services/%zz`, '{', { origin: ORIGIN }),
      fetch(`${app.url}/nowhere`, { headers: { origin: ORIGIN } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 400, 404]);
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });
});
