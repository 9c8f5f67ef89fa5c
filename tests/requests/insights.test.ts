import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/errors.ts';
import type { Report } from '../../src/insights/report.ts';
import type { Period, Store } from '../../src/store/store.ts';
import { decision, rows, shownCard } from '../insights/rows.ts';
import { startPages } from '../support/pages.ts';
import type { RealApp } from '../support/real-app.ts';

const TODAY = '2026-11-24';
const TOKEN = 'a-long-and-secret-token';
type Readable = Pick<Store, 'decisions' | 'feedback'>;
const aStore = (more: Partial<Readable> = {}): Readable => ({
  decisions: () => rows([decision('a', [shownCard('a')])]),
  feedback: () => rows([]),
  ...more,
});

let app: RealApp;
const start = async (store = aStore(), token?: string) => {
  app = await startPages(TODAY, store, token);
};
afterEach(() => app.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(app.url + path, { headers });
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** A request with a `Host` of its own, which `fetch` does not allow. */
const statusAs = (host: string, path = '/insights/data.json') =>
  new Promise<number | undefined>((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    request({ hostname, port, path, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

describe('the report over HTTP', () => {
  test('of 12 weeks, of others, and from day to day', async () => {
    const asked: Period[] = [];
    await start(
      aStore({
        decisions: (period) => {
          asked.push(period);
          return rows([]);
        },
      }),
    );
    for (const query of ['', '?weeks=1', '?since=2026-10-01&until=2026-10-31']) {
      expect((await get(`/insights/data.json${query}`)).status).toBe(200);
    }
    expect(
      asked.map(({ since, until }) => [since.toISOString().slice(0, 10), until.toISOString().slice(0, 10)]),
    ).toEqual([
      ['2026-09-07', '2026-11-25'],
      ['2026-11-23', '2026-11-25'],
      ['2026-10-01', '2026-11-01'],
    ]);
  });

  test('is not kept by anybody', async () => {
    await start();
    const response = await get('/insights/data.json');
    expect(((await response.json()) as Report).funnel).toMatchObject({ inScope: 1, shown: 1 });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test.each(['weeks=0', 'weeks=1&weeks=2', 'since=yesterday', 'until=2026-01-01', 'weeks[a]=1'])(
    '%s is refused, as an OperationOutcome',
    async (query) => {
      await start();
      const response = await get(`/insights/data.json?${query}`);
      if (query === 'weeks[a]=1')
        expect(response.status).toBe(200); // another name
      else
        expect(await response.json()).toMatchObject({
          issue: [{ details: { coding: [{ code: 'invalid-request' }] } }],
        });
    },
  );

  test('a store that is away is told', async () => {
    await start(
      aStore({
        // biome-ignore lint/correctness/useYield: it fails before the first row
        decisions: async function* () {
          throw new Unavailable('The database is away.');
        },
      }),
    );
    expect((await get('/insights/data.json')).status).toBe(503);
  });

  test('those who ask for the same at a time share the work; others wait for their turn', async () => {
    let reading = 0;
    let most = 0;
    let read = 0;
    await start(
      aStore({
        decisions: async function* () {
          read += 1;
          reading += 1;
          most = Math.max(most, reading);
          await new Promise((resolve) => setTimeout(resolve, 30));
          reading -= 1;
          yield decision('a', [shownCard('a')]);
        },
      }),
    );
    const paths = [1, 1, 1, 2, 2, 3].map((weeks) => `/insights/data.json?weeks=${weeks}`);
    const answers = await Promise.all(paths.map((path) => get(path)));
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
    expect(most).toBe(1);
    expect(read).toBeLessThan(paths.length);
    expect((await get('/insights/data.json?weeks=1')).status).toBe(200);
  });
});

describe('who may read it', () => {
  test('with clients and without a token, nobody', async () => {
    app = await startPages(TODAY, aStore(), undefined, false);
    for (const path of ['/insights', '/insights/data.json', '/metrics']) expect((await get(path)).status).toBe(403);
  });

  test('without a token, whoever calls this machine by a name of its own', async () => {
    await start();
    const { port } = new URL(app.url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
      expect(await statusAs(host)).toBe(200);
    for (const host of ['evil.example', `evil.example:${port}`, `localhost.evil.example:${port}`]) {
      expect(await statusAs(host)).toBe(403);
      expect(await statusAs(host, '/insights')).toBe(403);
      expect(await statusAs(host, '/metrics')).toBe(403);
    }
  });

  test.each([
    ['nothing', undefined],
    ['another token', `Bearer ${TOKEN}x`],
    ['a part of it', `Bearer ${TOKEN.slice(0, -1)}`],
    ['another scheme', `Token ${TOKEN}`],
    ['the token as a user', basic(TOKEN, '')],
    ['the token alone', TOKEN],
    ['an empty bearer', 'Bearer '],
    ['no base64', 'Basic %%%'],
  ])('with a token, not with %s', async (_, authorization) => {
    await start(aStore(), TOKEN);
    for (const path of ['/insights', '/insights/data.json', '/metrics']) {
      const response = await get(path, authorization === undefined ? {} : { authorization });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Basic realm="Rehab First"/);
      expect(await response.json()).toMatchObject({ issue: [{ details: { coding: [{ code: 'unauthorized' }] } }] });
    }
  });

  test.each([
    ['as a bearer', `Bearer ${TOKEN}`],
    ['as a bearer, in small letters', `bearer ${TOKEN}`],
    ['as a password', basic('anybody', TOKEN)],
    ['as a password of nobody', basic('', TOKEN)],
  ])('with the token %s, under any name', async (_, authorization) => {
    await start(aStore(), TOKEN);
    expect((await get('/insights/data.json', { authorization })).status).toBe(200);
    expect((await get('/insights', { authorization })).status).toBe(200);
    expect((await get('/metrics', { authorization })).status).toBe(200);
  });
});

describe('no website but its own reads it', () => {
  test.each(['/insights', '/insights/data.json', '/metrics'])('%s grants nothing to other origins', async (path) => {
    await start();
    const response = await get(path, { origin: 'https://evil.example' });
    const names = [...response.headers.keys()].filter((name) => name.startsWith('access-control'));
    expect(names).toEqual([]);
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const preflight = await fetch(app.url + path, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'GET',
        'access-control-request-private-network': 'true',
      },
    });
    expect(preflight.status).toBe(405);
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('a hook call stays open to other origins', async () => {
    await start();
    const response = await get('/cds-services', { origin: 'https://sandbox.cds-hooks.org' });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('the page has the strictest policy, and nothing inline', async () => {
    await start();
    const response = await get('/insights');
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    const html = await response.text();
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\bstyle=|\bon\w+=|https?:/);
    const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(assets.length).toBeGreaterThan(2);
    for (const path of assets) {
      const asset = await get(path);
      expect(asset.status, path).toBe(200);
      expect(asset.headers.get('cache-control')).toContain('immutable');
      expect(asset.headers.get('content-encoding')).toBe('gzip');
      const bare = await get(path, { 'accept-encoding': 'identity' });
      expect(bare.headers.get('content-encoding')).toBe(null);
      expect(await bare.text()).toBe(await asset.text());
    }
    expect((await get('/assets/..%2fmain.js')).status).toBe(404);
    expect((await get('/assets/nothing.js')).status).toBe(404);
  });

  test('other methods are refused', async () => {
    await start();
    for (const path of ['/insights', '/insights/data.json', '/metrics']) {
      const response = await fetch(app.url + path, { method: 'POST' });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
    }
  });

  test('the log has the route and no query', async () => {
    await start();
    await get('/insights/data.json?since=2026-10-01');
    await expect.poll(() => app.entries.map(({ route }) => route)).toContain('/insights/data.json');
    expect(JSON.stringify(app.entries)).not.toContain('2026-10-01');
  });
});
